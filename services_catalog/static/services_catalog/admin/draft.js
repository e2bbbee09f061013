// The draft of a service: more rows in its lists, and the options of the chosen adapter only.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-row]");
  if (!button) return;
  const field = button.closest("[data-rows]");
  const count = field.querySelector(`[name="${field.dataset.rows}-rows"]`);
  const number = Number(count.value);
  if (number >= Number(field.dataset.most)) return;
  const row = field.querySelector("tbody tr:last-child").cloneNode(true);
  for (const input of row.querySelectorAll("input, select")) {
    input.name = input.name.replace(/^(.*)-\d+-/, `$1-${number}-`);
    if (input.type === "checkbox") input.checked = false;
    else if (input.tagName === "SELECT") input.selectedIndex = 0;
    else input.value = "";
  }
  field.querySelector("tbody").append(row);
  count.value = number + 1;
  row.querySelector("input, select").focus();
});

document.addEventListener("DOMContentLoaded", () => {
  const adapter = document.querySelector("select[name=adapter]");
  if (!adapter) return;
  const show = () => {
    for (const group of document.querySelectorAll("[data-adapter]")) group.hidden = group.dataset.adapter !== adapter.value;
  };
  adapter.addEventListener("change", show);
  show();
});
