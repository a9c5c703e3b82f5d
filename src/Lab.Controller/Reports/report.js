"use strict";
for (const panel of document.querySelectorAll(".console")) {
  const box = panel.querySelector("input[type=search]"), only = panel.querySelector("input[type=checkbox]");
  const count = panel.querySelector("output"), list = panel.querySelector(".lines"), lines = [...list.children];
  const texts = lines.map(line => line.lastElementChild.textContent), lower = texts.map(text => text.toLowerCase());
  let hits = [], at = -1, timer = 0;
  const paint = (index, wanted) => {
    const cell = lines[index].lastElementChild, text = texts[index];
    const parts = [];
    let from = 0;
    if (wanted) {
      for (let to; (to = lower[index].indexOf(wanted, from)) >= 0; from = to + wanted.length) {
        const mark = document.createElement("mark");
        mark.textContent = text.slice(to, to + wanted.length);
        parts.push(text.slice(from, to), mark);
      }
    }
    cell.replaceChildren(...parts, text.slice(from));
  };
  const search = () => {
    const wanted = box.value.toLowerCase();
    hits.forEach(index => paint(index, ""));
    hits = wanted ? lower.flatMap((text, index) => text.length === texts[index].length && text.includes(wanted) ? [index] : []) : [];
    hits.forEach(index => paint(index, wanted));
    const found = new Set(hits);
    lines.forEach((line, index) => { line.hidden = Boolean(wanted) && only.checked && !found.has(index); });
    at = -1;
    count.textContent = wanted ? hits.length + (hits.length === 1 ? " line" : " lines") : "";
    if (hits.length) go(1);
  };
  const go = step => {
    if (!hits.length) return;
    at = (at + step + hits.length) % hits.length;
    const line = lines[hits[at]];
    list.scrollTop = line.offsetTop - list.offsetTop - list.clientHeight / 3;
    count.textContent = at + 1 + " of " + hits.length;
  };
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, 120); });
  box.addEventListener("keydown", event => { if (event.key === "Enter") { event.preventDefault(); go(event.shiftKey ? -1 : 1); } });
  only.addEventListener("change", search);
  list.scrollTop = list.scrollHeight;
}
