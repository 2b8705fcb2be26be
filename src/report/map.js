"use strict";
(() => {
  // Numbers are written as in English; where the browser's language has other marks, they are rewritten in place.
  // Names, which stand in <bdi>, stay as they are.
  const language = navigator.language || "en";
  const parts = new Intl.NumberFormat(language, { useGrouping: true }).formatToParts(1234567.5);
  const mark = (type, otherwise) => (parts.find((p) => p.type === type) || { value: otherwise }).value;
  const [group, decimal] = [mark("group", ","), mark("decimal", ".")];
  const localized = (text) =>
    text.replace(/(?<![\w.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w,]|\.\d)|(?<![\w.,])\d+\.\d+(?![\w,]|\.\d)/g, (n) =>
      n.replace(/[,.]/g, (c) => (c === "," ? group : decimal)));
  if (group !== "," || decimal !== ".") {
    for (const root of document.querySelectorAll("[data-n]")) {
      const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      while (walk.nextNode()) {
        const node = walk.currentNode;
        const changed = node.parentElement.closest("bdi") ? node.data : localized(node.data);
        if (changed !== node.data) node.data = changed;
      }
    }
  }
  const number = new Intl.NumberFormat(language, { maximumSignificantDigits: 5 });
  const whole = new Intl.NumberFormat(language);

  const data = JSON.parse(document.getElementById("drawing").textContent);
  const unpacked = (text) => {
    const raw = atob(text);
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    const numbers = new Uint16Array(bytes.length / 2);
    for (let i = 0; i < numbers.length; i++) numbers[i] = bytes[2 * i] | (bytes[2 * i + 1] << 8);
    return numbers;
  };
  const groups = unpacked(data.groups);
  const other = unpacked(data.other);
  const ties = unpacked(data.ties);
  const n = groups.length;
  const GREY = "#8a8f98";
  const color = (g) => data.colors[g] || GREY;
  const named = (g) => `${data.group} ${g + 1}` + (data.names[g] ? ` (${data.names[g]})` : "");
  const dark = matchMedia("(prefers-color-scheme: dark)");

  // What is picked, the same in every map.
  const picked = { group: -1, bridges: false, ties: true, point: -1 };
  const shown = (i) => (picked.group < 0 || groups[i] === picked.group || (picked.bridges && other[i] === picked.group + 1))
    && (!picked.bridges || other[i] > 0);
  const maps = [];
  let printing = false;
  const redraw = () => maps.forEach((m) => m.ask());

  function told(i) {
    let text = named(groups[i]);
    if (other[i] > 0) text += `\nin between, joins it to ${named(other[i] - 1)}`;
    const c = data.customers;
    if (!c) return text;
    text = `${c.ids[i]}\n${text}`;
    for (const column of c.columns.slice(0, 12)) {
      const value = column.values[i];
      if (value === null) continue;
      let said = number.format(value);
      if (column.levels) said = column.levels[value];
      else if (column.date) said = new Date(value * 864e5).toISOString().slice(0, 10);
      text += `\n${column.name}: ${said}`;
    }
    return text;
  }

  function chart(id, places, withTies) {
    const canvas = document.getElementById(id);
    const tip = document.getElementById(`${id}-tip`);
    const context = canvas.getContext("2d");
    const xs = new Float32Array(n);
    const ys = new Float32Array(n);
    for (let i = 0; i < n; i++) {
      xs[i] = places[2 * i] / 65535 - 0.5;
      ys[i] = 0.5 - places[2 * i + 1] / 65535;
    }
    // Points in cells, for the pointer.
    const CELLS = 64;
    const cellOf = (v) => Math.min(CELLS - 1, Math.max(0, Math.floor((v + 0.5) * CELLS)));
    const cells = Array.from({ length: CELLS * CELLS }, () => []);
    for (let i = 0; i < n; i++) cells[cellOf(ys[i]) * CELLS + cellOf(xs[i])].push(i);
    // Points of one color together, so that colors change seldom; in between last, on top.
    const order = Array.from({ length: n }, (_, i) => i);
    order.sort((a, b) => (other[a] > 0) - (other[b] > 0) || groups[a] - groups[b] || a - b);

    let scale = 1;
    let middle = [0, 0];
    let width = 0;
    let height = 0;
    let waiting = false;
    let moving = 0;
    let hovered = -1;
    const side = () => Math.min(width, height) * 0.94 * scale;
    const toScreen = (i) => {
      const s = side();
      return [width / 2 + (xs[i] - middle[0]) * s, height / 2 + (ys[i] - middle[1]) * s];
    };
    const radius = () => Math.max(1.1, Math.min(9, Math.min(4.2, 150 / Math.sqrt(n + 1)) * Math.sqrt(scale)));

    function fit() {
      const ratio = Math.min(window.devicePixelRatio || 1, 2);
      const box = canvas.getBoundingClientRect();
      width = box.width;
      height = box.height;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    const sprites = new Map();
    function sprite(fill, r, ring) {
      const key = `${fill}/${r.toFixed(2)}/${ring}`;
      if (!sprites.has(key)) {
        if (sprites.size > 400) sprites.clear();
        const size = Math.ceil(2 * r + 3);
        const small = document.createElement("canvas");
        small.width = small.height = size * 2;
        const c = small.getContext("2d");
        c.scale(2, 2);
        c.beginPath();
        c.arc(size / 2, size / 2, r, 0, 2 * Math.PI);
        c.fillStyle = fill;
        c.fill();
        c.lineWidth = ring ? Math.min(1.4, 0.35 * r) : 0.5;
        c.strokeStyle = ring || "rgba(0,0,0,.28)";
        c.stroke();
        sprites.set(key, [small, size]);
      }
      return sprites.get(key);
    }
    function draw() {
      waiting = false;
      if (width === 0) return;
      const css = getComputedStyle(document.documentElement);
      context.clearRect(0, 0, width, height);
      const s = side();
      const left = width / 2 - middle[0] * s;
      const top = height / 2 - middle[1] * s;
      const quick = moving > 0 && ties.length > 8000;
      if (withTies && picked.ties && !quick) {
        const ink = css.getPropertyValue("--tie").trim();
        context.lineWidth = 0.6;
        context.strokeStyle = `rgba(${ink},${Math.min(0.4, 0.08 + 400 / (n + 1500) * 0.4).toFixed(3)})`;
        context.beginPath();
        for (let k = 0; k + 1 < ties.length; k += 2) {
          const a = ties[k];
          const b = ties[k + 1];
          if (!shown(a) || !shown(b)) continue;
          context.moveTo(left + xs[a] * s, top + ys[a] * s);
          context.lineTo(left + xs[b] * s, top + ys[b] * s);
        }
        context.stroke();
      }
      const r = radius();
      const ringColor = printing ? "#1c1f24" : css.getPropertyValue("--ink").trim();
      // While the map moves, some of the points have to do.
      const every = moving > 0 ? Math.ceil(n / 6000) : 1;
      for (let k = 0; k < n; k += every) {
        const i = order[k];
        const x = left + xs[i] * s;
        const y = top + ys[i] * s;
        if (x < -10 || y < -10 || x > width + 10 || y > height + 10) continue;
        if (!shown(i)) continue;
        const bridge = other[i] > 0;
        if (r < 1.7 && !bridge) {
          const fill = color(groups[i]);
          if (context.fillStyle !== fill) context.fillStyle = fill;
          context.fillRect(x - r, y - r, 2 * r, 2 * r);
          continue;
        }
        const [image, size] = sprite(color(groups[i]), bridge ? r * 1.5 : r, bridge ? ringColor : "");
        context.drawImage(image, x - size / 2, y - size / 2, size, size);
      }
      for (const i of [hovered, picked.point]) {
        if (i < 0) continue;
        const [x, y] = toScreen(i);
        context.beginPath();
        context.arc(x, y, r + 5, 0, 2 * Math.PI);
        context.lineWidth = 2.5;
        context.strokeStyle = ringColor;
        context.stroke();
      }
      canvas.dataset.drawn = String(Number(canvas.dataset.drawn || 0) + 1);
    }
    function ask() {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(draw);
    }
    function moved() {
      moving++;
      ask();
      setTimeout(() => { moving--; if (moving === 0) ask(); }, 160);
    }
    function zoom(factor, x, y) {
      const next = Math.min(60, Math.max(0.5, scale * factor));
      const s = side();
      const at = [middle[0] + (x - width / 2) / s, middle[1] + (y - height / 2) / s];
      scale = next;
      const t = side();
      middle = [at[0] - (x - width / 2) / t, at[1] - (y - height / 2) / t];
      moved();
    }
    function nearest(x, y) {
      const s = side();
      const px = middle[0] + (x - width / 2) / s;
      const py = middle[1] + (y - height / 2) / s;
      const reach = Math.max(10, radius() + 4) / s;
      let best = -1;
      let far = reach * reach;
      for (let cy = cellOf(py - reach); cy <= cellOf(py + reach); cy++) {
        for (let cx = cellOf(px - reach); cx <= cellOf(px + reach); cx++) {
          for (const i of cells[cy * CELLS + cx]) {
            const d = (xs[i] - px) ** 2 + (ys[i] - py) ** 2;
            if (d < far && shown(i)) { far = d; best = i; }
          }
        }
      }
      return best;
    }
    function tell(i) {
      hovered = i;
      tip.hidden = i < 0;
      if (i >= 0) {
        tip.textContent = told(i);
        const [x, y] = toScreen(i);
        const w = tip.offsetWidth;
        const h = tip.offsetHeight;
        tip.style.transform = `translate(${Math.max(4, Math.min(width - w - 4, x + 14))}px,${Math.max(4, Math.min(height - h - 4, y + 14))}px)`;
      }
      ask();
    }
    const whole2 = () => { scale = 1; middle = [0, 0]; moved(); };
    function go(i) {
      middle = [xs[i], ys[i]];
      scale = Math.max(scale, 3);
      moved();
      tell(i);
    }

    // Pointers: one drags, two zoom.
    const down = new Map();
    canvas.addEventListener("pointerdown", (e) => {
      down.set(e.pointerId, [e.offsetX, e.offsetY]);
      canvas.setPointerCapture(e.pointerId);
      tell(-1);
    });
    canvas.addEventListener("pointermove", (e) => {
      const from = down.get(e.pointerId);
      const to = [e.offsetX, e.offsetY];
      if (!from) { const i = nearest(...to); if (i !== hovered) tell(i); return; }
      if (down.size === 2) {
        const still = [...down].find(([id]) => id !== e.pointerId)[1];
        const length = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]) || 1;
        zoom(length(still, to) / length(still, from), (still[0] + to[0]) / 2, (still[1] + to[1]) / 2);
      } else {
        middle = [middle[0] - (to[0] - from[0]) / side(), middle[1] - (to[1] - from[1]) / side()];
        moved();
      }
      down.set(e.pointerId, to);
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (e) => down.delete(e.pointerId));
    canvas.addEventListener("pointerleave", () => tell(-1));
    canvas.addEventListener("wheel", (e) => {
      // The page scrolls on until the map has been touched.
      if (document.activeElement !== canvas && !e.ctrlKey) return;
      e.preventDefault();
      zoom(Math.exp(-e.deltaY * (e.deltaMode ? 0.05 : 0.0016)), e.offsetX, e.offsetY);
    }, { passive: false });
    canvas.addEventListener("click", () => canvas.focus({ preventScroll: true }));
    let between = -1;
    const bridges = order.filter((i) => other[i] > 0);
    canvas.addEventListener("keydown", (e) => {
      const step = 60 / side();
      const keys = {
        ArrowLeft: () => { middle[0] -= step; moved(); },
        ArrowRight: () => { middle[0] += step; moved(); },
        ArrowUp: () => { middle[1] -= step; moved(); },
        ArrowDown: () => { middle[1] += step; moved(); },
        "+": () => zoom(1.4, width / 2, height / 2),
        "=": () => zoom(1.4, width / 2, height / 2),
        "-": () => zoom(1 / 1.4, width / 2, height / 2),
        0: whole2,
        n: () => next(1),
        p: () => next(-1),
        Escape: () => { tell(-1); picked.point = -1; redraw(); },
      };
      function next(by) {
        const list = bridges.filter(shown);
        if (list.length === 0) return;
        between = (between + by + list.length) % list.length;
        go(list[between]);
        const status = document.getElementById("map-said");
        if (status) status.textContent = told(list[between]).replaceAll("\n", ", ");
      }
      const act = keys[e.key];
      if (!act || e.ctrlKey || e.metaKey || e.altKey) return;
      e.preventDefault();
      act();
    });
    new ResizeObserver(() => { fit(); ask(); }).observe(canvas);
    fit();
    ask();
    const map = { ask, draw, fit, go, zoom: (f) => zoom(f, width / 2, height / 2), whole: whole2 };
    maps.push(map);
    return map;
  }

  const byName = Object.fromEntries(data.maps.map((m) => [m.name, m]));
  const pca = document.getElementById("pca");
  if (pca && byName.components) chart("pca", unpacked(byName.components.places), false);
  const canvas = document.getElementById("map");
  if (!canvas || !byName.network) return;
  const map = chart("map", unpacked(byName.network.places), true);

  const control = (id) => document.getElementById(id);
  const select = control("map-group");
  const status = control("map-said");
  const key = control("map-key");
  const counts = new Uint32Array(data.colors.length);
  let inBetween = 0;
  for (let i = 0; i < n; i++) {
    if (groups[i] < counts.length) counts[groups[i]]++;
    if (other[i] > 0) inBetween++;
  }
  data.colors.slice(0, 200).forEach((c, g) => {
    const option = document.createElement("option");
    option.value = String(g);
    option.textContent = `${g + 1}${data.names[g] ? ` ${data.names[g]}` : ""}`;
    select.append(option);
    if (g >= 20) return;
    const item = document.createElement("li");
    const badge = document.createElement("span");
    badge.className = "badge";
    badge.style.setProperty("--c", c);
    const [r, green, b] = [1, 3, 5].map((at) => parseInt(c.slice(at, at + 2), 16));
    badge.style.setProperty("--i", 0.299 * r + 0.587 * green + 0.114 * b > 110 ? "#000" : "#fff");
    badge.textContent = String(g + 1);
    item.append(badge, data.names[g] || "");
    key.append(item);
  });
  function say() {
    let count = 0;
    for (let i = 0; i < n; i++) count += shown(i);
    status.textContent = `${whole.format(count)} of ${whole.format(n)} dots shown`
      + (picked.bridges ? `; ${whole.format(inBetween)} stand in between` : "");
  }
  const changed = () => { redraw(); say(); };
  select.addEventListener("change", () => { picked.group = select.value === "" ? -1 : Number(select.value); changed(); });
  control("map-bridges").addEventListener("change", (e) => { picked.bridges = e.target.checked; changed(); });
  control("map-ties").addEventListener("change", (e) => { picked.ties = e.target.checked; redraw(); });
  control("map-in").addEventListener("click", () => map.zoom(1.5));
  control("map-out").addEventListener("click", () => map.zoom(1 / 1.5));
  control("map-whole").addEventListener("click", () => map.whole());
  control("map-find").addEventListener("input", (e) => {
    const wanted = e.target.value.trim().toLowerCase();
    picked.point = -1;
    picked.group = -1;
    if (wanted !== "") {
      const ids = data.customers ? data.customers.ids : [];
      let at = ids.findIndex((id) => id.toLowerCase() === wanted);
      const name = data.names.findIndex((text, g) => String(g + 1) === wanted || (text && text.toLowerCase().includes(wanted)));
      if (at < 0 && name < 0) at = ids.findIndex((id) => id.toLowerCase().includes(wanted));
      if (at >= 0) { picked.point = at; map.go(at); } else if (name >= 0) picked.group = name;
      else if (/^\d+$/.test(wanted) && Number(wanted) >= 1 && Number(wanted) <= data.colors.length) picked.group = Number(wanted) - 1;
      else { changed(); status.textContent = "Nothing of that name"; return; }
    }
    select.value = picked.group < 0 ? "" : String(picked.group);
    changed();
  });
  say();
  dark.addEventListener("change", redraw);
  const now = () => maps.forEach((m) => { m.fit(); m.draw(); });
  // Paper is light, whatever the screen is.
  addEventListener("beforeprint", () => { printing = true; now(); });
  addEventListener("afterprint", () => { printing = false; now(); });
})();
