/* The page's own script: sends what is dropped, puts the answers in place, follows a run. No library, nothing from elsewhere. */
(function () {
  "use strict";
  const words = document.body.dataset, dialog = el("dialog"), cards = el("cards");
  let ended = false, following = null, asleep = 0;

  function el(id) { return document.getElementById(id); }
  function toast(said) {
    const box = el("toast");
    box.textContent = said;
    box.classList.add("shown");
    clearTimeout(asleep);
    asleep = setTimeout(() => box.classList.remove("shown"), Math.min(9000, 2500 + said.length * 60));
  }
  function parsed(html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    return made.content;
  }
  async function ask(method, address) {
    let answer;
    try {
      answer = await fetch(address, { method, credentials: "same-origin" });
    } catch (error) {
      throw new Error(ended ? "" : words.gone);
    }
    if (answer.ok) return answer;
    if (answer.status === 403 || answer.status === 404) throw new Error(words.gone);
    throw new Error(await answer.text());
  }
  /* Run what a button starts: no second click meanwhile, and whatever goes wrong is said. */
  async function during(button, work) {
    if (button.disabled) return;
    button.disabled = true;
    try { await work(); } catch (error) { if (error.message) toast(error.message); } finally { button.disabled = false; }
  }
  function download(address) {
    const link = document.createElement("a");
    link.href = address;
    link.download = "";
    document.body.append(link);
    link.click();
    link.remove();
  }

  /* -- workbooks ------------------------------------------------------------------------------------------------------ */
  function tidy() { el("remove-all").hidden = cards.querySelectorAll(".card").length < 2; }
  function put(card, html) {
    const fresh = parsed(html).firstElementChild;
    for (const other of cards.querySelectorAll(".card")) if (other !== card && other.dataset.id !== fresh.dataset.id && other.dataset.name === fresh.dataset.name) other.remove();
    card.replaceWith(fresh);
    tidy();
  }
  function waiting(name) {
    const card = el("waiting").content.firstElementChild.cloneNode(true);
    card.querySelector("h3").textContent = name;
    card.querySelector(".doing span").textContent = words.uploading;
    cards.prepend(card);
    tidy();
    return card;
  }
  function fail(card, said) {
    card.classList.remove("waiting");
    const line = card.querySelector(".doing");
    line.className = "note bad";
    line.textContent = said;
  }
  function send(file, card) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest(), bar = card.querySelector("progress");
      request.open("POST", "/files?name=" + encodeURIComponent(file.name));
      request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
      request.upload.onload = () => { bar.removeAttribute("value"); card.querySelector(".doing span").textContent = words.checking; };
      request.onload = () => {
        if (!card.isConnected) return resolve();
        if (request.status === 200) put(card, request.responseText);
        else fail(card, request.status === 403 ? words.gone : request.responseText);
        resolve();
      };
      request.onerror = () => { fail(card, words.gone); resolve(); };
      request.send(file);
    });
  }
  async function take(files) {
    const queue = Array.from(files, (file) => [file, waiting(file.name)]);
    for (const [file, card] of queue) if (card.isConnected) await send(file, card);
  }
  async function settle() {
    for (const card of cards.querySelectorAll("[data-pending]")) {
      try { put(card, await (await ask("POST", card.dataset.pending)).text()); } catch (error) { fail(card, error.message); }
    }
  }

  let depth = 0;
  function over(on) {
    document.body.classList.toggle("dragging", on);
    const said = document.querySelector(".drop strong");
    said.textContent = on ? said.dataset.over : said.dataset.rest;
  }
  document.addEventListener("dragenter", (event) => { event.preventDefault(); depth += 1; over(true); });
  document.addEventListener("dragleave", () => { depth -= 1; if (depth <= 0) { depth = 0; over(false); } });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    over(false);
    const files = [];
    for (const item of event.dataTransfer.items || []) {
      const entry = item.webkitGetAsEntry && item.webkitGetAsEntry();
      if (entry && entry.isDirectory) toast(words.folder.replace("{name}", entry.name));
      else if (item.kind === "file") files.push(item.getAsFile());
    }
    take(files);
  });
  el("files").addEventListener("change", (event) => { take(event.target.files); event.target.value = ""; });

  /* -- the workspace -------------------------------------------------------------------------------------------------- */
  async function county(method, address) { el("county").innerHTML = await (await ask(method, address)).text(); follow(); }
  function follow() {
    clearTimeout(following);
    if (el("running")) following = setTimeout(poll, 400);
  }
  async function poll() {
    let told;
    try { told = await (await ask("GET", "/run")).json(); } catch (error) { if (error.message) toast(error.message); return; }
    const box = el("running");
    if (!box) return;
    if (told.state === "running" || told.state === "cancelling") {
      const bar = box.querySelector("progress");
      box.querySelector("span").textContent = told.said;
      if (told.total && told.state === "running") { bar.max = told.total; bar.value = told.done; } else bar.removeAttribute("value");
      return follow();
    }
    await county("GET", "/county");
    if (told.goal === "summary" && el("summary")) download(el("summary").href);
  }
  function wanted(button) {
    const asked = new URLSearchParams(button.dataset.run);
    if (el("full") && el("full").checked) asked.set("full", "1");
    if (el("only") && el("only").value.trim()) asked.set("only", el("only").value.trim());
    return "/run?" + asked;
  }

  /* -- buttons -------------------------------------------------------------------------------------------------------- */
  async function open(method, address) {
    dialog.innerHTML = await (await ask(method, address)).text();
    if (!dialog.open) dialog.showModal();
  }
  async function copy(id) {
    const said = el(id).textContent;
    try {
      await navigator.clipboard.writeText(said);
    } catch (error) {
      const box = document.createElement("textarea");
      box.value = said;
      dialog.append(box);
      box.select();
      document.execCommand("copy");
      box.remove();
    }
    toast(words.copied);
  }
  const clicks = {
    dialog: (button) => open("GET", button.dataset.dialog),
    dialogPost: (button) => open("POST", button.dataset.dialogPost),
    card: async (button) => {
      const card = cards.querySelector(`[data-id="${button.dataset.of || button.closest(".card").dataset.id}"]`);
      put(card, await (await ask("POST", button.dataset.card)).text());
      if (dialog.open) dialog.close();
    },
    make: async (button) => {
      const made = await (await ask("POST", button.dataset.make)).json();
      if (made.said) toast(made.said);
      download(made.download);
    },
    remove: async (button) => { await ask("POST", button.dataset.remove); button.closest(".card").remove(); tidy(); },
    dropCard: async (button) => { button.closest(".card").remove(); tidy(); },
    county: (button) => county("POST", button.dataset.county),
    countyGet: (button) => county("GET", button.dataset.countyGet),
    run: (button) => county("POST", wanted(button)),
    cancel: async (button) => { await ask("POST", button.dataset.cancel); },
    copy: (button) => copy(button.dataset.copy),
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    for (const name in clicks) if (name in button.dataset) return void during(button, () => clicks[name](button));
  });
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.dataset && "redo" in box.dataset) during(box, () => open("POST", box.dataset.redo + (box.checked ? "?long_ids=1" : "")));
  });
  el("remove-all").addEventListener("click", (event) => during(event.target, async () => { await ask("POST", "/files/remove"); cards.textContent = ""; tidy(); }));
  el("end").addEventListener("click", (event) => {
    if (!window.confirm(words.endConfirm)) return;
    during(event.target, async () => {
      ended = true;
      await ask("POST", "/end");
      const box = document.createElement("main"), head = document.createElement("h1"), hint = document.createElement("p");
      box.className = "alone";
      head.textContent = words.ended;
      hint.textContent = words.endedHint;
      box.append(head, hint);
      document.body.replaceChildren(box);
    });
  });

  tidy();
  settle();
  follow();
})();
