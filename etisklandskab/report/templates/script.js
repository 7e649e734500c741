"use strict";
(() => {
  /* One panel is open at a time; `opener` is the mark that opened it and gets the focus back. */
  let panel = null;
  let opener = null;

  const fill = (mark) => {
    const content = document.getElementById(mark.dataset.cell).content.cloneNode(true);
    for (const part of content.querySelectorAll("[data-logic]")) {
      if (mark.dataset.logic && part.dataset.logic !== mark.dataset.logic) {
        part.remove();
        continue;
      }
      const list = part.querySelector("[data-statements]");
      for (const number of list.dataset.statements.split(" ").filter(Boolean)) {
        const item = document.getElementById(`u${number}`).cloneNode(true);
        item.removeAttribute("id");
        list.append(item);
      }
    }
    return content;
  };

  const point = (figure, cell) => {
    for (const shape of figure.querySelectorAll("[data-shape]")) {
      shape.classList.toggle("chosen", shape.dataset.shape === cell);
    }
  };

  const close = () => {
    if (!panel) return;
    panel.hidden = true;
    point(panel.closest("figure"), null);
    opener.setAttribute("aria-expanded", "false");
    const last = opener;
    panel = opener = null;
    last.focus();
  };

  const open = (mark) => {
    close();
    opener = mark;
    panel = mark.closest("figure").querySelector(".panel");
    panel.querySelector(".content").replaceChildren(fill(mark));
    const title = panel.querySelector(".title");
    panel.setAttribute("aria-label", title.textContent);
    panel.hidden = false;
    panel.scrollTop = 0;
    point(panel.closest("figure"), mark.dataset.cell);
    mark.setAttribute("aria-expanded", "true");
    title.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
  };

  const toggle = (mark) => (mark === opener ? close() : open(mark));

  for (const mark of document.querySelectorAll("[data-cell]")) {
    mark.setAttribute("role", "button");
    mark.setAttribute("aria-expanded", "false");
    mark.addEventListener("click", (event) => {
      event.preventDefault();
      toggle(mark);
    });
    mark.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      toggle(mark);
    });
  }
  for (const button of document.querySelectorAll(".close")) {
    button.addEventListener("click", close);
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
})();
