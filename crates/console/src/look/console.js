// Live updates, keys and the palette. Everything here is a convenience: each page works without it.
const $ = (selector, root = document) => root.querySelector(selector);
const says = $("#says");
const say = (text, ms = 4000) => { says.textContent = text; if (ms) setTimeout(() => { if (says.textContent === text) says.textContent = ""; }, ms); };

// The reader's zone, for the next page.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes("zone=")) document.cookie = `zone=${zone}; path=/; samesite=lax; max-age=31536000`;

// Replaces what changed, part by part, and leaves alone what the reader is typing in.
const busy = (part) => part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")
  || [...part.querySelectorAll("input, textarea")].some((it) => it.type !== "hidden" && it.value !== it.defaultValue)
  || part.querySelector("details[open] form, dialog[open]");
const strip = (part) => part.outerHTML.replace(/name="_(key|csrf|back)" value="[^"]*"/g, "");
let fetching = false, again = false;
async function refresh() {
  if (fetching) { again = true; return; }
  fetching = true;
  try {
    const answer = await fetch(location.href, { headers: { "x-live": "1" } });
    if (answer.redirected) { signedOut(answer.url); return; }
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live][id]")) swap(part, fresh.getElementById(part.id));
  } catch { /* the stream says when the line is lost */ } finally {
    fetching = false;
    if (again) { again = false; refresh(); }
  }
}
// The session has ended: the page for coming in says why; what is being typed is not lost for it.
function signedOut(url) {
  if (document.querySelector("main") && [...document.querySelectorAll("main")].some(busy)) say(document.body.dataset.out, 0);
  else location.assign(url);
}
function swap(part, next) {
  if (!next || strip(part) === strip(next)) return;
  const inner = [...part.querySelectorAll(":scope [data-part][id]")];
  if (inner.length && busy(part)) { for (const one of inner) { const to = next.querySelector(`#${CSS.escape(one.id)}`); if (to && !busy(one) && strip(one) !== strip(to)) replace(one, to); } return; }
  if (!busy(part)) replace(part, next);
}
function replace(part, next) {
  const focus = part.contains(document.activeElement) && document.activeElement.id;
  const open = [...part.querySelectorAll("details[open][id]")].map((it) => it.id);
  const old = new Map([...part.querySelectorAll("li[id], tr[id], article[id]")].map((it) => [it.id, strip(it)]));
  part.replaceWith(next);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  for (const it of next.querySelectorAll("li[id], tr[id], article[id]")) if (old.size && old.get(it.id) !== strip(it)) it.classList.add("fresh");
  if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("swapped", { detail: next }));
}

// One stream a tab; the browser resumes it by Last-Event-ID.
if ($("#live")) {
  let lost = false, timer;
  const stream = new EventSource("/api/v1/events");
  stream.addEventListener("change", () => { clearTimeout(timer); timer = setTimeout(refresh, 120); });
  stream.onerror = () => { lost = true; say(document.body.dataset.lost, 0); refresh(); };
  stream.onopen = () => { if (lost) { lost = false; say(document.body.dataset.back); refresh(); } };
  setInterval(refresh, 30000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
}

document.addEventListener("change", (event) => { if (event.target.matches("[data-submit]")) event.target.form.requestSubmit(); });
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.target.method === "post" && button) setTimeout(() => { button.disabled = true; }, 0);
});
document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });

// Palette and keys.
const palette = $("#palette"), go = $("#go");
function places() { return [...palette.querySelectorAll("#places li")]; }
function mark(step) {
  const shown = places().filter((it) => !it.hidden);
  const at = shown.findIndex((it) => it.classList.contains("on"));
  shown.forEach((it) => it.classList.remove("on"));
  const next = shown[(at + step + shown.length) % shown.length];
  if (next) { next.classList.add("on"); next.scrollIntoView({ block: "nearest" }); }
}
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
if (palette) {
  const open = () => { go.value = ""; places().forEach((it) => { it.hidden = false; it.classList.remove("on"); }); mark(1); palette.showModal(); go.focus(); };
  $("#keys")?.addEventListener("click", open);
  go.addEventListener("input", () => { const asked = fold(go.value); places().forEach((it) => { it.hidden = !fold(it.textContent).includes(asked); it.classList.remove("on"); }); mark(1); });
  go.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); mark(event.key === "ArrowDown" ? 1 : -1); }
    if (event.key === "Enter") { event.preventDefault(); palette.querySelector("#places .on a")?.click(); }
    // A hidden field keeps the focus until the next frame: keys typed at once would be lost in it.
    if (event.key === "Escape") { event.preventDefault(); palette.close(); go.blur(); }
  });
  let g = 0;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); open(); return; }
    if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey || palette.open) return;
    if (event.key === "?") { event.preventDefault(); open(); return; }
    if (event.key === "g") { g = Date.now(); return; }
    if (Date.now() - g < 1500) { g = 0; document.querySelector(`.rooms a[data-key="${CSS.escape(event.key)}"]`)?.click(); }
  });
}

// What if: a machine or a lever dragged to what is lost or cut; the page then says what follows.
let held = null;
addEventListener("popstate", refresh);
addEventListener("dragstart", (event) => { if (held) event.preventDefault(); });
addEventListener("pointerdown", (event) => {
  const it = event.pointerType === "mouse" && !event.button && $("#drops") && event.target.closest("[data-lose], [data-lever]");
  held = it && !event.target.closest("input, button") ? { it, x: event.clientX, y: event.clientY } : null;
});
addEventListener("pointermove", (event) => {
  if (!held || !held.on && Math.hypot(event.clientX - held.x, event.clientY - held.y) < 8) return;
  const drops = $("#drops"), over = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-drop]");
  if (!held.on) { $("#held").textContent = ($("title, td", held.it) ?? held.it).textContent; drops.hidden = false; }
  held.on = true;
  getSelection().empty();
  for (const zone of drops.querySelectorAll("[data-drop]")) zone.classList.toggle("on", zone === over);
});
addEventListener("pointerup", async (event) => {
  const { it, on } = held ?? {};
  held = null;
  if (!on) return;
  const still = (click) => { click.preventDefault(); click.stopPropagation(); };
  addEventListener("click", still, { capture: true });
  setTimeout(() => removeEventListener("click", still, { capture: true }), 50);
  const zone = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-drop]");
  $("#drops").hidden = true;
  if (!zone) return;
  const name = it.dataset.lever ? "pull" : zone.dataset.drop, url = new URL(location.href);
  const ids = new Set(url.searchParams.getAll(name).join(",").split(",").filter(Boolean)).add(it.dataset.lever ?? it.dataset.lose);
  url.searchParams.delete(name);
  url.search = [url.searchParams.toString(), `${name}=${[...ids].join(",")}`].filter(Boolean).join("&");
  history.pushState(null, "", url);
  await refresh();
  say($("#map-says").textContent, 8000);
});

// Passkeys: the form asks the browser, then sends its answer.
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const create = form.dataset.passkey === "create", to = form.getAttribute("action"), button = $("button", form), hint = $(".soft", form);
  const parse = window.PublicKeyCredential?.[create ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON"];
  if (!parse) { hint.textContent = form.dataset.old; continue; }
  button.disabled = false; hint.hidden = true;
  const post = async (path, body) => {
    const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json", accept: "text/html" }, body: JSON.stringify(body) });
    if (answer.ok) return answer;
    const { said, detail } = await answer.json();
    throw new Error(said ?? detail);
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { publicKey } = await (await post(`${to}/begin`, {})).json();
      const key = await navigator.credentials[create ? "create" : "get"]({ publicKey: parse.call(PublicKeyCredential, publicKey) });
      const done = await post(to, { label: form.elements.label?.value, answer: JSON.stringify(key.toJSON()) });
      if (!create) { location.href = "/"; return; }
      const page = new DOMParser().parseFromString(await done.text(), "text/html");
      $("main").replaceWith($("main", page));
    } catch (error) { hint.hidden = false; hint.textContent = error.message; button.disabled = false; }
  });
}
// Evidence in pieces: each is kept before the next is sent, so a lost line costs one piece; the same file goes on later.
document.addEventListener("submit", async (event) => {
  const form = event.target, api = form.dataset.pieces, files = api && $("input[type=file]", form).files;
  if (!files?.length) return;
  event.preventDefault();
  const bar = $("progress", form), about = form.elements.about.value || undefined;
  const send = async (method, path, body) => {
    for (let wait = 1; ; wait = Math.min(wait * 2, 30)) {
      try {
        const json = !(body instanceof Blob);
        const answer = await fetch(api + path, { method, body: json ? JSON.stringify(body) : body, headers: { "content-type": json ? "application/json" : "application/octet-stream" } });
        if (answer.status < 500 || answer.status === 507) return [answer.status, await answer.json()];
      } catch { /* tried again below */ }
      say(form.dataset.lost, wait * 1000);
      await new Promise((done) => setTimeout(done, wait * 1000));
    }
  };
  bar.hidden = false;
  for (const file of files) {
    const key = `piece ${api} ${file.name} ${file.size} ${file.lastModified}`;
    let id = localStorage[key], at = 0, status = 200, told = {};
    if (!id) { [status, told] = await send("POST", "", { name: file.name, size: file.size, about }); id = told.id; }
    if (status < 400) localStorage[key] = id;
    while (status < 400 && at < file.size) {
      [status, told] = await send("PUT", `/${id}?offset=${at}`, file.slice(at, at + 8388608));
      if (told.arrived !== undefined) { at = told.arrived; status = 200; }
      bar.value = at / file.size;
    }
    if (status < 400) [status, told] = await send("POST", `/${id}/finish`, {});
    delete localStorage[key];
    if (status >= 400 && !told.type?.endsWith(":whole")) say(told.said ?? told.detail, 0);
  }
  bar.hidden = true; form.reset(); $(".do", form).disabled = false; refresh();
});
