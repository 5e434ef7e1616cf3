// What a page owes its readers, as questions that answer a list of faults (tests/pages/test_every_page.py asks them).
const seen = e => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && e.getBoundingClientRect().width > 1;
const called = e => `<${e.tagName.toLowerCase()}${e.className ? ` class="${e.className}"` : ""}> ${(e.innerText || e.name || e.id || "").trim().slice(0, 40)}`;
const controls = () => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter(seen);
/** What axe judges that a width can change: which elements are seen, their display and colours, the size of letters, what scrolls. */
const what_axe_sees = () => [...document.body.querySelectorAll("*")].map(e => {
  const style = getComputedStyle(e);
  if (!seen(e)) return style.display;
  const scrolls = e.scrollWidth > e.clientWidth && /auto|scroll/.test(style.overflowX) || e.scrollHeight > e.clientHeight && /auto|scroll/.test(style.overflowY);
  return [style.display, style.color, style.backgroundColor, style.backgroundImage, style.opacity, style.fontSize, style.fontWeight, style.position, scrolls].join();
}).join("\n");
const looks = {
  /** The first Tab (it was pressed just now) is the skip link, seen, unless the page had put the focus on its heading; and what
      gets the focus shows it and is in sight. */
  keyboard(placed) {
    const faults = [], first = document.activeElement;
    if (!placed && !first.matches(".skip") || first.getBoundingClientRect().left < 0) faults.push(`the first Tab is ${called(first)}`);
    for (const each of controls()) {
      if (each.disabled || each.tabIndex < 0) continue;
      each.focus();
      const style = getComputedStyle(each), box = each.getBoundingClientRect();
      if (document.activeElement !== each) faults.push(`no focus: ${called(each)}`);
      else if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) faults.push(`focus is not seen: ${called(each)}`);
      else if (box.bottom <= 0 || box.top >= innerHeight) faults.push(`focus is out of sight: ${called(each)}`);
    }
    for (const each of document.querySelectorAll("[tabindex]")) if (each.tabIndex > 0) faults.push(`an order of its own: ${called(each)}`);
    document.activeElement.blur();
    return faults;
  },
  /** One h1, levels in order, tables of at most seven columns, a way back on inner pages, nothing that moves. */
  words_and_tables(inner) {
    const faults = [], heads = [...document.querySelectorAll("h1")].filter(seen);
    if (heads.length !== 1) faults.push(`${heads.length} h1`);
    for (const table of document.querySelectorAll("table")) {
      const columns = Math.max(...[...table.rows].map(row => [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0)));
      if (columns > 7) faults.push(`a table of ${columns} columns: ${table.caption?.innerText}`);
    }
    if (inner && !document.querySelector(".breadcrumb a")) faults.push("no breadcrumb");
    if (getComputedStyle(document.documentElement).scrollBehavior !== "auto") faults.push("it scrolls smoothly");
    for (const each of document.querySelectorAll("*")) {
      const style = getComputedStyle(each);
      if (style.animationName !== "none" || style.transitionDuration.split(", ").some(time => parseFloat(time) > 0)) faults.push(`it moves: ${called(each)}`);
    }
    return faults;
  },
  /** No sideways scroll. */
  width() {
    const page = document.documentElement;
    if (page.scrollWidth <= innerWidth) return [];
    const wide = [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3);
    return [`at ${innerWidth} it is ${page.scrollWidth} wide: ${wide.map(called).join("; ")}`];
  },
  /** Each control is at least 24 px high with its label; a link in a sentence, or on a line of its own, has the height of its line. */
  sizes() {
    const high = e => Math.max(e.getBoundingClientRect().height, ...[...(e.labels || [])].filter(seen).map(l => l.getBoundingClientRect().height));
    const inline = e => getComputedStyle(e).display === "inline" && parseFloat(getComputedStyle(e).lineHeight) >= 24;
    return controls().filter(e => high(e) < 23.9 && !inline(e)).map(e => `${high(e).toFixed(1)} px high: ${called(e)}`);
  },
  /** With forced colours a button has an edge, and one place at most is marked as where one is. */
  forced_colours() {
    const faults = [];
    for (const each of [...document.querySelectorAll("button:not(.plain), .button, .figure, .several > summary")].filter(seen)) {
      const style = getComputedStyle(each);
      if (style.borderTopStyle !== "solid" && !each.matches(".menu > summary")) faults.push(`no edge: ${called(each)}`);
    }
    for (const places of document.querySelectorAll(".sections")) {
      const marked = [...places.querySelectorAll("a")].filter(e => getComputedStyle(e).borderBottomStyle === "solid");
      if (marked.length > 1) faults.push(`${marked.length} places are marked`);
    }
    return faults;
  },
};
