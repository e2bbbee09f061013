// The list of fields that officers build a form with. It changes the form it is given and says so; the text is another's.
import { changeKind, fieldNames, isObject, keyFrom, kindOf, limitsOf, resolve, setFields, steps } from "./schema.js";

export class Builder {
  /** told: calls changed(form) after each change; form is what is edited, or null where the text is no form. */
  constructor(root, told, changed) {
    this.list = root.querySelector(".fe-fields");
    this.note = root.querySelector("[data-note]");
    this.addButton = root.querySelector("[data-add-field]");
    this.fieldTemplate = root.closest(".form-editor").querySelector(".fe-field-template");
    this.choiceTemplate = root.closest(".form-editor").querySelector(".fe-choice-template");
    this.words = told.words;
    this.changed = changed;
    this.automatic = new Set(); // keys that still follow the name in English
    this.addButton.addEventListener("click", () => this.add());
    this.list.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input")) event.preventDefault(); // it would save the page
    });
  }

  /** Draws the rows of a form. */
  show(form) {
    this.form = form;
    const canShow = isObject(form) && (form.properties === undefined || isObject(form.properties));
    this.list.replaceChildren(...(canShow ? fieldNames(form).map((name) => this.row(name)) : []));
    this.addButton.hidden = !canShow;
    this.note.hidden = canShow;
    this.note.textContent = form === null ? this.words.unreadable : this.words.no_builder;
  }

  fields() {
    return fieldNames(this.form).map((name) => [name, this.form.properties[name]]);
  }

  add() {
    const field = {};
    changeKind(field, "text");
    field["x-label"] = { th: "", en: "" };
    const name = keyFrom("", fieldNames(this.form));
    this.automatic.add(name);
    this.form.type ??= "object";
    setFields(this.form, [...this.fields(), [name, field]]);
    this.require(name, true);
    const row = this.row(name);
    this.list.append(row);
    this.changed();
    row.querySelector("input").focus();
  }

  row(name) {
    const row = this.fieldTemplate.content.firstElementChild.cloneNode(true);
    row.dataset.name = name;
    const field = this.form.properties[name];
    for (const input of row.querySelectorAll("[data-text]")) this.bindText(row, input);
    for (const input of row.querySelectorAll("[data-limit]")) this.bindLimit(row, input);
    const key = row.querySelector("[data-key]");
    key.value = name;
    key.addEventListener("change", () => this.typeKey(row, key));
    const required = row.querySelector("[data-required]");
    required.checked = Array.isArray(this.form.required) && this.form.required.includes(name);
    required.addEventListener("change", () => {
      this.require(row.dataset.name, required.checked);
      this.changed();
    });
    const kind = row.querySelector("[data-kind]");
    kind.addEventListener("change", () => {
      changeKind(this.field(row), kind.value);
      this.showKind(row);
      if (kind.value === "choice") for (let count = 0; count < 2; count += 1) this.addChoice(row);
      this.changed();
    });
    for (const button of row.querySelectorAll("[data-move]")) button.addEventListener("click", () => this.move(row, Number(button.dataset.move)));
    row.querySelector("[data-remove]").addEventListener("click", () => this.remove(row));
    row.querySelector("[data-add-choice]").addEventListener("click", () => {
      this.addChoice(row);
      row.querySelector(".fe-choices li:last-child input").focus();
    });
    // A field that is only true or false has no name to give.
    if (!isObject(field)) for (const input of row.querySelectorAll("[data-text]")) input.disabled = true;
    this.showKind(row);
    return row;
  }

  field(row) {
    return this.form.properties[row.dataset.name];
  }

  showKind(row) {
    const field = this.field(row);
    const kind = kindOf(field);
    row.querySelector("[data-kind]").value = kind;
    row.querySelector(".fe-kind").classList.toggle("is-advanced", kind === "advanced");
    row.querySelector(".fe-advanced").hidden = kind !== "advanced";
    row.querySelector(".fe-choices").hidden = kind !== "choice";
    for (const label of row.querySelectorAll("[data-limit-of]")) label.hidden = label.dataset.limitOf !== limitsOf(kind);
    for (const input of row.querySelectorAll("[data-limit]")) input.value = isObject(field) ? field[input.dataset.limit] ?? "" : "";
    const choices = kind === "choice" ? field.enum.map((value) => this.choiceRow(row, value)) : [];
    row.querySelector(".fe-choices ul").replaceChildren(...choices);
  }

  bindText(row, input) {
    const [hint, language] = input.dataset.text.split(".");
    const given = this.field(row)?.[hint];
    input.value = typeof given?.[language] === "string" ? given[language] : "";
    input.placeholder = given ? "" : resolve(this.field(row), this.form)[hint]?.[language] ?? ""; // as its reference has it
    input.addEventListener("input", () => {
      const field = this.field(row);
      const texts = { th: "", en: "", ...(isObject(field[hint]) ? field[hint] : {}), [language]: input.value };
      if (hint === "x-hint" && !texts.th && !texts.en) delete field[hint];
      else field[hint] = texts;
      if (hint === "x-label" && language === "en" && this.automatic.has(row.dataset.name)) this.followName(row, input.value);
      this.changed();
    });
  }

  bindLimit(row, input) {
    input.addEventListener("input", () => {
      const field = this.field(row);
      if (input.value === "" || Number.isNaN(input.valueAsNumber)) delete field[input.dataset.limit];
      else field[input.dataset.limit] = input.valueAsNumber;
      this.changed();
    });
  }

  followName(row, english) {
    const old = row.dataset.name;
    const name = keyFrom(english, fieldNames(this.form).filter((one) => one !== old));
    this.automatic.delete(old);
    this.automatic.add(name);
    this.rename(row, name);
  }

  typeKey(row, key) {
    const wanted = key.value.trim();
    if (wanted && !fieldNames(this.form).includes(wanted)) {
      this.automatic.delete(row.dataset.name);
      this.rename(row, wanted);
      this.changed();
    }
    key.value = row.dataset.name;
  }

  rename(row, name) {
    const old = row.dataset.name;
    setFields(this.form, this.fields().map(([one, field]) => [one === old ? name : one, field]));
    if (Array.isArray(this.form.required)) this.form.required = this.form.required.map((one) => (one === old ? name : one));
    row.dataset.name = name;
    row.querySelector("[data-key]").value = name;
  }

  require(name, wanted) {
    const others = (Array.isArray(this.form.required) ? this.form.required : []).filter((one) => one !== name);
    this.form.required = wanted ? [...others, name] : others;
  }

  move(row, by) {
    const fields = this.fields();
    const from = fields.findIndex(([name]) => name === row.dataset.name);
    if (from + by < 0 || from + by >= fields.length) return;
    fields.splice(from + by, 0, ...fields.splice(from, 1));
    setFields(this.form, fields);
    if (by < 0) row.previousElementSibling.before(row);
    else row.nextElementSibling.after(row);
    row.querySelector(`[data-move="${by}"]`).focus();
    this.changed();
  }

  remove(row) {
    setFields(this.form, this.fields().filter(([name]) => name !== row.dataset.name));
    this.require(row.dataset.name, false);
    this.automatic.delete(row.dataset.name);
    row.remove();
    this.changed();
  }

  addChoice(row) {
    const field = this.field(row);
    const value = keyFrom("", field.enum, "choice");
    field.enum.push(value);
    field["x-enum-labels"] = { ...field["x-enum-labels"], [value]: { th: "", en: "" } };
    const choice = this.choiceRow(row, value);
    choice.dataset.automatic = "yes";
    row.querySelector(".fe-choices ul").append(choice);
    this.changed();
  }

  choiceRow(row, value) {
    const choice = this.choiceTemplate.content.firstElementChild.cloneNode(true);
    choice.dataset.value = value;
    const labels = () => this.field(row)["x-enum-labels"] ?? {};
    for (const input of choice.querySelectorAll("[data-choice]")) {
      const part = input.dataset.choice;
      input.value = part === "value" ? value : labels()[value]?.[part] ?? "";
      input.addEventListener(part === "value" ? "change" : "input", () => {
        if (part === "value") this.typeValue(row, choice, input);
        else {
          const now = choice.dataset.value;
          this.field(row)["x-enum-labels"] = { ...labels(), [now]: { th: "", en: "", ...labels()[now], [part]: input.value } };
          if (part === "en" && choice.dataset.automatic) this.revalue(row, choice, keyFrom(input.value, this.otherValues(row, choice), "choice"));
        }
        this.changed();
      });
    }
    choice.querySelector("[data-remove-choice]").addEventListener("click", () => {
      const field = this.field(row);
      field.enum = this.otherValues(row, choice);
      const { [choice.dataset.value]: _gone, ...others } = labels();
      field["x-enum-labels"] = others;
      choice.remove();
      this.changed();
    });
    return choice;
  }

  otherValues(row, choice) {
    return this.field(row).enum.filter((one) => one !== choice.dataset.value);
  }

  typeValue(row, choice, input) {
    delete choice.dataset.automatic;
    const wanted = input.value.trim();
    if (wanted && !this.otherValues(row, choice).includes(wanted)) this.revalue(row, choice, wanted);
    input.value = choice.dataset.value;
  }

  revalue(row, choice, value) {
    const field = this.field(row);
    const old = choice.dataset.value;
    field.enum = field.enum.map((one) => (one === old ? value : one));
    field["x-enum-labels"] = Object.fromEntries(
      Object.entries(field["x-enum-labels"] ?? {}).map(([one, texts]) => [one === old ? value : one, texts]),
    );
    choice.dataset.value = value;
    choice.querySelector('[data-choice="value"]').value = value;
  }

  /** The row of a problem's field; undefined where it is about no single field. */
  rowOf(problem) {
    const [first, second] = steps(problem.pointer);
    const name = problem.part === "example" ? first : first === "properties" ? second : undefined;
    return [...this.list.children].find((row) => row.dataset.name === name);
  }

  /** Tells each problem in the row of its field as well. */
  mark(problems, sentence) {
    for (const row of this.list.children) {
      const own = problems.filter((problem) => problem.part === "form" && this.rowOf(problem) === row);
      row.classList.toggle("is-wrong", own.some((problem) => !problem.warning));
      row.querySelector(".fe-wrong").replaceChildren(
        ...own.map((problem) => {
          const item = document.createElement("li");
          item.className = problem.warning ? "is-warning" : "is-error";
          item.textContent = sentence(problem);
          return item;
        }),
      );
    }
  }
}
