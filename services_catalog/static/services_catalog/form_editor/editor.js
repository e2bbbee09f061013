// The editor of a form: the text area is the truth; the builder, the preview and the problems follow it.
import { Builder } from "./builder.js";
import { drawPreview } from "./preview.js";
import { emptyForm, isObject } from "./schema.js";

const PAUSE = 350; // milliseconds after the last change, before the server is asked

class Editor {
  constructor(root) {
    this.root = root;
    this.told = JSON.parse(root.querySelector("#form-editor-told").textContent);
    this.text = root.querySelector(".fe-json textarea");
    this.problems = root.querySelector(".fe-problems");
    this.example = root.closest("form").querySelector(".form-example textarea");
    this.makeExample = root.closest("form").querySelector("[data-make-example]");
    this.officerReads = document.documentElement.lang.startsWith("en") ? "en" : "th";
    this.phoneReads = "th";
    this.builder = new Builder(root.querySelector(".fe-builder"), this.told, () => this.builderChanged());
    this.bind();
    this.readText();
    this.check();
  }

  bind() {
    for (const part of this.root.querySelectorAll(".fe-tabs, .fe-preview, .fe-problems")) part.hidden = false;
    for (const tab of this.root.querySelectorAll("[data-tab]")) tab.addEventListener("click", () => this.open(tab.dataset.tab));
    for (const button of this.root.querySelectorAll("[data-language]")) button.addEventListener("click", () => this.speak(button.dataset.language));
    this.text.addEventListener("input", () => {
      this.readText();
      this.checkSoon();
    });
    this.example?.addEventListener("input", () => this.checkSoon());
    this.makeExample?.addEventListener("click", () => {
      this.example.value = this.made;
      this.check();
    });
    if (this.makeExample) this.makeExample.hidden = false;
    this.open(parsed(this.text.value) === null ? "json" : "builder");
    this.speak(this.officerReads);
  }

  open(name) {
    for (const tab of this.root.querySelectorAll("[data-tab]")) tab.setAttribute("aria-selected", String(tab.dataset.tab === name));
    for (const panel of this.root.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== name;
  }

  speak(language) {
    this.phoneReads = language;
    for (const button of this.root.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === language));
    this.preview();
  }

  readText() {
    this.form = parsed(this.text.value);
    this.builder.show(this.form);
    this.preview();
  }

  builderChanged() {
    this.text.value = JSON.stringify(this.form, null, 2);
    this.preview();
    this.checkSoon();
  }

  // What was drawn last stays while the text is half typed.
  preview() {
    if (isObject(this.form)) this.drawn = this.form;
    drawPreview(this.root.querySelector(".fe-screen"), this.drawn ?? {}, this.phoneReads, this.told.phone);
  }

  checkSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), PAUSE);
  }

  async check() {
    this.asking?.abort();
    this.asking = new AbortController();
    // An example that nobody has touched follows the form.
    const asked = this.example?.value ?? "";
    const follows = !asked.trim() || asked === this.made;
    const token = this.root.closest("form").querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams({ form: this.text.value, example: follows ? "" : asked });
    try {
      const answer = await fetch(this.told.check, { method: "POST", headers: { "X-CSRFToken": token }, body, signal: this.asking.signal });
      if (answer.redirected) return this.say(this.told.words.signed_out);
      if (!answer.ok) return this.say(this.told.words.unchecked);
      const told = await answer.json();
      this.tell(told, follows && this.example?.value === asked); // what was typed meanwhile stays
    } catch (error) {
      if (error.name !== "AbortError") this.say(this.told.words.unchecked);
    }
  }

  tell({ problems, example }, follows) {
    if (this.makeExample) this.makeExample.disabled = example === null;
    if (example !== null) this.made = example;
    if (follows && example !== null) this.example.value = example;
    this.builder.mark(problems, (problem) => problem.message[this.officerReads]);
    if (!problems.length) return this.say(this.told.words.fine, "is-fine");
    const list = document.createElement("ul");
    list.append(...problems.map((problem) => this.item(problem)));
    this.problems.replaceChildren(list);
  }

  say(sentence, className = "") {
    const paragraph = document.createElement("p");
    paragraph.className = className;
    paragraph.textContent = sentence;
    this.problems.replaceChildren(paragraph);
  }

  item(problem) {
    const button = document.createElement("button");
    button.type = "button";
    const { example, line } = this.told.words;
    button.textContent = problem.part === "example" ? `${example}: ${line} ${problem.line}` : `${line} ${problem.line}`;
    button.addEventListener("click", () => this.show(problem));
    const item = document.createElement("li");
    item.className = problem.warning ? "is-warning" : "is-error";
    const where = document.createElement("code");
    where.textContent = problem.pointer;
    item.append(button, problem.message[this.officerReads], " ", where);
    return item;
  }

  /** Leads to the field in the builder, or to the line in the text. */
  show(problem) {
    if (problem.part === "example") return reveal(this.example, problem.line);
    const row = this.builder.rowOf(problem);
    const inBuilder = !this.root.querySelector('[data-panel="builder"]').hidden;
    if (row && inBuilder) {
      row.scrollIntoView({ block: "center" });
      return row.querySelector("input").focus();
    }
    this.open("json");
    reveal(this.text, problem.line);
  }
}

/** The value of a text, an empty form for an empty text; null where it is no JSON. */
function parsed(text) {
  try {
    const form = text.trim() ? JSON.parse(text) : {};
    return isObject(form) && !Object.keys(form).length ? emptyForm() : form;
  } catch {
    return null;
  }
}

function reveal(area, line) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  area.scrollTop = (area.scrollHeight * Math.max(line - 4, 0)) / lines.length;
  area.scrollIntoView({ block: "nearest" });
}

for (const root of document.querySelectorAll(".form-editor")) new Editor(root);
