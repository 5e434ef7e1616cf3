// Reads the secret in the fragment of an address, which no server, log or referrer sees, and takes it out of the address bar.
// Mail programs, filters and word processors put things around it, escape what they like, and break long lines. Used by
// every page that is opened with a secret; each says what its secret looks like.
"use strict";

(() => {
  const entities = {
    amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", lsquo: "'", rsquo: "'", ldquo: '"', rdquo: '"', nbsp: " ", ensp: " ", emsp: " ",
    thinsp: " ", shy: "\u00ad", zwnj: "\u200c", zwj: "\u200d", period: ".", lowbar: "_", hyphen: "-", dash: "-", ndash: "-", mdash: "-",
  };

  const percents = (text) => text.replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => {
    try {
      return decodeURIComponent(escaped);
    } catch {
      return escaped.replace(/%[0-7][0-9a-f]/gi, decodeURIComponent); // a part of it is no text in UTF-8
    }
  });
  const sign = (number) => (number > 0 && number < 0x110000 ? String.fromCodePoint(number) : " ");
  const named = (text) => text
    .replace(/&#(\d{1,7});/g, (_, digits) => sign(Number(digits)))
    .replace(/&#x([0-9a-f]{1,6});/gi, (_, digits) => sign(parseInt(digits, 16)))
    .replace(/&([a-z]{2,8});/gi, (whole, name) => entities[name.toLowerCase()] ?? whole);

  // What was written before it was escaped, once or again.
  function plain(fragment) {
    let said = fragment;
    for (let again = 0; again < 5; again += 1) {
      const before = said;
      said = named(percents(said));
      if (said === before) break;
    }
    return said;
  }

  // 1.<letter>.<school>.<person>.<end>.<version>.<stamp>.<mac of 43 signs>; whatever stands before and behind it is not of it.
  const tokens = /1\.[a-z]\.[a-z][a-z0-9-]{1,39}\.[A-Za-z0-9-]{1,64}\.[0-9a-f]{1,10}\.[0-9a-f]{1,8}\.[0-9a-f]{1,12}\.[A-Za-z0-9_-]{43}/;
  // White space, soft hyphens and marks without width: what line ends leave inside. "=" at a line's end is a mail's own.
  const between = /=?[\s\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2028\u2029\u2060-\u2064\ufeff]+/g;

  function token(fragment) {
    const said = plain(fragment);
    const found = said.match(tokens) ?? said.replace(between, "").replace(/[\u2010-\u2015\u2212]/g, "-").match(tokens)
      ?? said.replace(between, "").replace(/=(2[de]|5f)/gi, (_, digits) => sign(parseInt(digits, 16))).replace(/=/g, "").match(tokens);
    return found ? found[0] : said.trim();
  }

  // As codes/model/pasted.py finds a code: as it is printed, or else with anything of that kind between its signs.
  const alphabet = "2346789CDFHJKMNPQRTVWXY";
  const one = `[${alphabet}]`;
  const gap = "[\\s._'\"\\u00ad\\u200b-\\u200d\\u2010-\\u2015\\u2018-\\u201f\\u2060\\u2212\\ufeff-]{0,4}";
  const forms = [
    `[PV]${one}{3}(${gap})${one}{4}\\1${one}{4}|F${one}{3}(${gap})${one}{4}\\2${one}{4}\\2${one}{4}`,
    `[PV](?:${gap}${one}){11}|F(?:${gap}${one}){15}`,
  ].map((form) => new RegExp(`(?<![A-Z0-9])(?:${form})(?![A-Z0-9])`, "g"));
  const isCode = (signs) => {
    const sum = [...signs.slice(0, -1)].reduce((all, each, place) => all + (place + 1) * alphabet.indexOf(each), 0);
    return alphabet[sum % 23] === signs.at(-1);
  };

  // The code in groups of four, as it is printed; if there is none, what stands there instead of one.
  function code(fragment) {
    const said = plain(fragment);
    const capitals = said.replace(/[a-z]/g, (letter) => letter.toUpperCase()); // letters of other scripts stay what they are
    for (const form of forms) {
      form.lastIndex = 0;
      for (let found = form.exec(capitals); found; found = form.exec(capitals)) {
        const signs = found[0].replace(/[^A-Z0-9]/g, "");
        if (isCode(signs)) return signs.match(/.{4}/g).join("-");
        form.lastIndex = found.index + 1;
      }
    }
    return said.trim();
  }

  // The fragment of this page's address, which is empty from then on.
  function take() {
    const said = location.hash.slice(1);
    if (said) history.replaceState(null, "", location.pathname);
    return said;
  }

  globalThis.fragment = { token, code, take };
})();
