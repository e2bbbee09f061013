// Draws a form as the phone does: labels, hints and controls in one language. Nothing in it can be used.
import { fieldNames, isObject, resolve } from "./schema.js";

const RADIOS = 5; // longer lists of choices open on a touch
const DEEPEST = 6;

export function drawPreview(screen, form, language, phone) {
  const words = phone[language];
  const draw = new Drawing(form, language, words);
  const fields = draw.fields(form, 0);
  screen.lang = language;
  screen.replaceChildren(...(fields.length ? [...fields, make("div", "ph-send", words.send)] : [make("p", "ph-empty", words.empty)]));
}

function make(tag, className, ...content) {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...content);
  return element;
}

class Drawing {
  constructor(form, language, words) {
    this.form = form;
    this.language = language;
    this.words = words;
  }

  text(texts) {
    const found = isObject(texts) ? texts[this.language] : "";
    return typeof found === "string" ? found : "";
  }

  fields(given, depth) {
    const schema = resolve(given, this.form);
    const sometimes = conditional(schema);
    return depth > DEEPEST ? [] : fieldNames(schema).map((name) => this.field(name, schema, sometimes, depth));
  }

  field(name, above, sometimes, depth) {
    const schema = resolve(above.properties[name], this.form);
    const label = make("div", "ph-label", this.text(schema["x-label"]) || name);
    if (!this.text(schema["x-label"])) label.classList.add("ph-missing");
    if (above.required?.includes?.(name)) label.append(make("span", "ph-required", " *"));
    else label.append(make("span", "ph-optional", ` (${sometimes.has(name) ? this.words.sometimes : this.words.optional})`));
    const hint = this.text(schema["x-hint"]);
    return make("div", "ph-field", label, ...(hint ? [make("div", "ph-hint", hint)] : []), this.control(schema, depth));
  }

  control(schema, depth) {
    if (Array.isArray(schema.enum)) return this.choices(schema);
    if (schema.type === "object" || schema.properties) return make("div", "ph-group", ...this.fields(schema, depth + 1));
    if (schema.type === "array") return this.list(schema, depth);
    if (schema.type === "boolean") return make("div", "ph-switch", make("span", "ph-knob"), this.words.yes);
    if (schema["x-widget"] === "file") return make("div", "ph-file", `⊕ ${this.words.file}`);
    if (schema.format === "date") return make("div", "ph-input ph-date", this.words.date);
    if (schema["x-widget"] === "long-text") return make("div", "ph-input ph-long");
    if (["string", "integer", "number"].includes(schema.type)) return make("div", `ph-input ph-${schema.type}`);
    return make("div", "ph-input ph-other", this.words.other);
  }

  choices(schema) {
    const names = schema.enum.map((value) => this.text(schema["x-enum-labels"]?.[value]) || String(value));
    if (names.length > RADIOS) return make("div", "ph-input ph-select", this.words.choose);
    return make("div", "ph-radios", ...names.map((name) => make("div", "ph-radio", name)));
  }

  list(schema, depth) {
    const items = resolve(schema.items, this.form);
    if (Array.isArray(items.enum) && schema.uniqueItems) {
      const boxes = this.choices(items);
      boxes.classList.add("ph-boxes");
      return boxes;
    }
    const one = depth > DEEPEST ? [] : [this.control(items, depth + 1)];
    return make("div", "ph-list", ...one, make("div", "ph-add", `+ ${this.words.add}`));
  }
}

// Fields that only some answers make required.
function conditional(schema) {
  const branches = [schema, ...(Array.isArray(schema.allOf) ? schema.allOf : [])].filter(isObject).flatMap((one) => [one.then, one.else]);
  const dependent = isObject(schema.dependentRequired) ? Object.values(schema.dependentRequired) : [];
  return new Set([...branches.map((branch) => branch?.required), ...dependent].filter(Array.isArray).flat());
}
