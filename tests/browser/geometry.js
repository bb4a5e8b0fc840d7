// Returns what is wrong with how a page looks: a list of sentences, empty if nothing is.
() => {
  const wrong = [];
  const isShown = (element) => {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0;
  };
  const brief = (text) => text.trim().replace(/\s+/g, " ").slice(0, 50);
  const channels = (colour) => {
    const found = colour.match(/[\d.]+/g).map(Number);
    return { rgb: found.slice(0, 3), alpha: found.length > 3 ? found[3] : 1 };
  };
  const over = (top, ground) => top.rgb.map((value, at) => value * top.alpha + ground[at] * (1 - top.alpha));
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((value) => value / 255).map((p) => (p <= 0.03928 ? p / 12.92 : ((p + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  // What is behind an element: the cards and pages around it.
  const ground = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) layers.push(channels(getComputedStyle(each).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const root = document.scrollingElement;
  if (root.scrollWidth > innerWidth + 1) wrong.push(`the page is ${root.scrollWidth} wide, the screen ${innerWidth}`);

  for (const card of document.querySelectorAll(".jp-OutputArea-output, .cw-tile")) {
    if (isShown(card) && !card.innerText.trim() && !card.querySelector("svg, img, canvas")) wrong.push("an empty card");
  }
  for (const chart of document.querySelectorAll(".cw-chart")) {
    if (!isShown(chart)) continue;
    const name = brief(chart.getAttribute("aria-label"));
    const svg = chart.querySelector("svg");
    if (!svg) { wrong.push(`${name}: it is not live`); continue; }
    const [box, room] = [svg.getBoundingClientRect(), chart.getBoundingClientRect()];
    if (box.width > room.width + 1) wrong.push(`${name}: ${box.width} wide in a card of ${room.width}`);
    if (box.width < 0.95 * room.width) wrong.push(`${name}: ${box.width} wide does not fill its card of ${room.width}`);
    const texts = [...svg.querySelectorAll("text")].filter((each) => each.textContent.trim() && isShown(each) && each.getAttribute("opacity") !== "0");
    const letters = [];
    for (const text of texts) {
      const at = text.getBoundingClientRect(), words = brief(text.textContent);
      if (at.left < box.left - 2 || at.right > box.right + 2 || at.top < box.top - 2 || at.bottom > box.bottom + 2) wrong.push(`${name}: '${words}' is cut`);
      const size = parseFloat(getComputedStyle(text).fontSize) * (box.width / svg.width.baseVal.value);
      if (size < 10.4 || size > 16) wrong.push(`${name}: '${words}' is ${size.toFixed(1)} px high`);
      // A halo is the same text below itself.
      const twin = letters.find((each) => each.words === words && Math.abs(each.at.left - at.left) < 4 && Math.abs(each.at.top - at.top) < 4);
      if (twin) continue;
      for (const other of letters) {
        const wide = Math.min(at.right, other.at.right) - Math.max(at.left, other.at.left);
        const high = Math.min(at.bottom, other.at.bottom) - Math.max(at.top, other.at.top);
        if (wide > 1.5 && high > 3.5) wrong.push(`${name}: '${words}' is printed over '${other.words}'`);
      }
      letters.push({ words, at });
    }
    // What lies under the middle of a text: the bar it is written on, or the card.
    for (const text of texts) {
      text.scrollIntoView({ block: "center", behavior: "instant" });
      const now = text.getBoundingClientRect();
      const under = document.elementsFromPoint(now.left + now.width / 2, now.top + now.height / 2)
        .filter((each) => svg.contains(each) && !["text", "svg", "g"].includes(each.tagName));
      let below = ground(chart);
      for (const shape of under.reverse()) {
        const style = getComputedStyle(shape);
        if (style.fill === "none" || style.fill === "transparent") continue;
        const fill = channels(style.fill);
        fill.alpha *= parseFloat(style.fillOpacity) * parseFloat(style.opacity);
        below = over(fill, below);
      }
      const found = contrast(over(channels(getComputedStyle(text).fill), below), below);
      if (found < 4.5) wrong.push(`${name}: '${brief(text.textContent)}' has a contrast of ${found.toFixed(1)}`);
    }
    scrollTo(0, 0);
  }
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest("svg, script, style, .cw-rows") || !isShown(element)) continue;
    const own = [...element.childNodes].filter((each) => each.nodeType === 3 && each.data.trim());
    if (!own.length) continue;
    const box = element.getBoundingClientRect();
    const isScrolled = element.closest(".cw-scroll, .cw-foot pre");
    if (!isScrolled && (box.right > innerWidth + 1 || box.left < -1)) wrong.push(`'${brief(element.textContent)}' leaves the page`);
    if (!isScrolled && element.scrollWidth > element.clientWidth + 2 && element.clientWidth) wrong.push(`'${brief(element.textContent)}' is cut`);
    const below = ground(element);
    const found = contrast(over(channels(getComputedStyle(element).color), below), below);
    if (found < 4.5) wrong.push(`'${brief(element.textContent)}' has a contrast of ${found.toFixed(1)}`);
  }
  return wrong;
}
