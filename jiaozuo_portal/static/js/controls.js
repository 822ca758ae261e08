// The value of a named control of a form, whatever sort it is, as a list of strings.

const SILENT = new Set(["submit", "button", "reset", "image", "file", "hidden", "password"]);

/** Whether a control holds something that a person fills in and that may be saved by itself. */
export function isFilledIn(control) {
  return Boolean(control.name) && !SILENT.has(control.type) && !control.disabled
    && ["INPUT", "SELECT", "TEXTAREA"].includes(control.tagName);
}

export function controlsOf(form, name) {
  return [...form.elements].filter((control) => control.name === name && isFilledIn(control));
}

/** The names of a form, each once, in the order of the page. */
export function namesOf(form) {
  return [...new Set([...form.elements].filter(isFilledIn).map((control) => control.name))];
}

export const valuesOf = (form, name) => read(controlsOf(form, name), "checked", "value");

/** What the page was loaded with: `data-base` where the server holds something else. */
export function loadedValuesOf(form, name) {
  const controls = controlsOf(form, name);
  const base = controls[0]?.dataset.base;
  return base === undefined ? read(controls, "defaultChecked", "defaultValue") : [base];
}

function read(controls, ticked, text) {
  const found = controls.flatMap((control) => {
    if (control.type === "checkbox" || control.type === "radio") {
      return control[ticked] ? [control.value] : [];
    }
    if (control.tagName === "SELECT") return chosen(control, ticked);
    return [lines(control[text])];
  });
  return found.length ? found : [""];
}

function chosen(select, ticked) {
  const picked = ticked === "checked" ? "selected" : "defaultSelected";
  const options = [...select.options].filter((option) => option[picked]);
  if (!options.length && !select.multiple && select.options.length) {
    return [select.options[0].value];
  }
  return options.map((option) => option.value);
}

export function setValues(form, name, values) {
  for (const control of controlsOf(form, name)) {
    if (control.type === "checkbox" || control.type === "radio") {
      control.checked = values.includes(control.value);
    } else if (control.tagName === "SELECT" && control.multiple) {
      for (const option of control.options) option.selected = values.includes(option.value);
    } else {
      control.value = values[0] ?? "";
    }
  }
}

/** The values in the words that the page shows for them. */
export function spoken(form, name, values) {
  const controls = controlsOf(form, name);
  return values.map((value) => {
    for (const control of controls) {
      if (control.tagName === "SELECT") {
        const option = [...control.options].find((one) => one.value === value);
        if (option) return option.text;
      }
      if ((control.type === "checkbox" || control.type === "radio") && control.value === value) {
        return control.labels?.[0]?.textContent.trim() ?? value;
      }
    }
    return value;
  }).filter(Boolean).join("、");
}

export const same = (one, other) => one.length === other.length
  && one.every((value, at) => lines(value) === lines(other[at]));

export const asList = (value) => (Array.isArray(value) && value.length ? value : [`${value ?? ""}`]).map(String);

// A server may store the line ends of a form post; a textarea reads them as one character.
function lines(text) {
  return `${text}`.replace(/\r\n?/g, "\n");
}
