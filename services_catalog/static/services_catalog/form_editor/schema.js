// A form as JSON Schema: its fields in order, and the kinds of field that the builder knows.

export const DIALECT = "https://json-schema.org/draft/2020-12/schema";

const TEXT_LIMITS = ["minLength", "maxLength"];
const NUMBER_LIMITS = ["minimum", "maximum"];
const LABELS = ["x-label", "x-hint"];

// fixed: what makes a field this kind; extra: what it may have besides; first: what a new one starts with.
const KINDS = {
  "long-text": { fixed: { type: "string", "x-widget": "long-text" }, extra: TEXT_LIMITS, first: { minLength: 1, maxLength: 1000 } },
  integer: { fixed: { type: "integer" }, extra: NUMBER_LIMITS },
  number: { fixed: { type: "number" }, extra: NUMBER_LIMITS },
  date: { fixed: { type: "string", format: "date", "x-widget": "buddhist-date" }, extra: [] },
  choice: { fixed: { type: "string" }, extra: ["enum", "x-enum-labels"], first: { enum: [], "x-enum-labels": {} } },
  boolean: { fixed: { type: "boolean" }, extra: [] },
  "national-id": { fixed: { type: "string", format: "thai-national-id", pattern: "^[0-9]{13}$", "x-widget": "national-id" }, extra: [] },
  phone: { fixed: { type: "string", pattern: "^0[0-9]{8,9}$", "x-widget": "phone" }, extra: [] },
  email: { fixed: { type: "string", format: "email", maxLength: 254 }, extra: [] },
  text: { fixed: { type: "string" }, extra: TEXT_LIMITS, first: { minLength: 1, maxLength: 200 } },
};

export const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** The kind of a field, or "advanced" for whatever the builder would not write in just this way. */
export function kindOf(field) {
  const names = isObject(field) ? Object.keys(field) : [];
  const fits = ([, { fixed, extra }]) =>
    Object.entries(fixed).every(([key, value]) => field[key] === value) &&
    names.every((key) => key in fixed || extra.includes(key) || LABELS.includes(key)) &&
    LABELS.every((key) => !(key in field) || isObject(field[key])) &&
    extra.includes("enum") === Array.isArray(field.enum) &&
    (!("x-enum-labels" in field) || isObject(field["x-enum-labels"])) &&
    (field.enum ?? []).every((value) => typeof value === "string");
  return (isObject(field) && Object.entries(KINDS).find(fits)?.[0]) || "advanced";
}

/** Makes a field another kind; what people call it stays. */
export function changeKind(field, kind) {
  const kept = Object.fromEntries(LABELS.filter((key) => key in field).map((key) => [key, field[key]]));
  for (const key of Object.keys(field)) delete field[key];
  Object.assign(field, structuredClone({ ...KINDS[kind].fixed, ...kept, ...KINDS[kind].first }));
}

export const limitsOf = (kind) =>
  ({ text: "text", "long-text": "text", integer: "number", number: "number" })[kind] ?? "";

export const emptyForm = () => ({ $schema: DIALECT, type: "object", additionalProperties: false, required: [], properties: {} });

/** The names of an object's fields, in the order of x-order, then as written. */
export function fieldNames(schema) {
  const names = Object.keys(isObject(schema?.properties) ? schema.properties : {});
  const first = Array.isArray(schema?.["x-order"]) ? schema["x-order"].filter((name) => names.includes(name)) : [];
  return [...new Set([...first, ...names])];
}

/** Writes the fields again in the order given; each is [name, schema]. */
export function setFields(form, fields) {
  form["x-order"] = fields.map(([name]) => name);
  form.properties = Object.fromEntries(fields);
}

/** A schema with what it refers to in the same form; what stands beside the reference wins. */
export function resolve(schema, form) {
  for (let steps = 0; isObject(schema) && typeof schema.$ref === "string" && steps < 20; steps += 1) {
    const { $ref, ...beside } = schema;
    schema = { ...(at(form, $ref) ?? {}), ...beside };
  }
  return isObject(schema) ? schema : {};
}

function at(form, reference) {
  const path = reference.startsWith("#/") ? reference.slice(2).split("/") : [];
  const found = path.reduce((part, step) => part?.[decoded(step)], form);
  return found !== form && isObject(found) ? found : undefined;
}

function decoded(step) {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return step;
  }
}

/** The steps of a JSON pointer. */
export const steps = (pointer) => pointer.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

/** A key made of a name in English that no other field has; "field_1" and so on where the name has no Latin letters. */
export function keyFrom(name, taken, prefix = "field") {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+|_+$/g, "").slice(0, 40);
  if (plain && !taken.includes(plain)) return plain;
  for (let number = plain ? 2 : 1; ; number += 1) {
    const key = `${plain || prefix}_${number}`;
    if (!taken.includes(key)) return key;
  }
}
