// The draft beside its preview. Without this file rows are added by the server and the preview has a button.
(function () {
  "use strict";

  var form = document.querySelector("form[data-preview]");
  if (!form) { return; }
  var frame = form.querySelector(".document-frame"), note = form.querySelector("[data-preview-note]");
  var isEnglish = document.documentElement.lang === "en";
  var failed = isEnglish ? "The preview can't be refreshed now; what you typed stays here." :
    "Chưa làm mới được bản xem trước; nội dung anh/chị nhập vẫn còn nguyên.";

  // --- rows that grow -----------------------------------------------------------------------------------------

  function total(prefix) { return form.querySelector("input[name=" + prefix + "-TOTAL_FORMS]"); }
  function addRow(prefix) {
    var blank = document.querySelector("template[data-row=" + prefix + "]"), counter = total(prefix);
    var holder = document.createElement("div");
    holder.innerHTML = blank.innerHTML.replace(/__prefix__/g, counter.value);
    counter.value = Number(counter.value) + 1;
    var row = holder.firstElementChild;
    form.querySelector("[data-rows=" + prefix + "]").append(row);
    return row;
  }
  form.addEventListener("click", function (event) {
    var button = event.target.closest("[data-add-row]");
    if (!button) { return; }
    event.preventDefault();
    var row = addRow(button.dataset.addRow);
    row.dispatchEvent(new CustomEvent("htmx:afterSwap", { bubbles: true })); // app.js brings its pieces to life
    row.querySelector("select, textarea, input:not([type=hidden])").focus();
  });

  // A draft kept in this browser by app.js may belong to an older version, when somebody else saved meanwhile: it is
  // put back with the version it was typed on, so that saving shows both texts. It may also have more rows than the page.
  (function () {
    var store = window.localStorage, parts = form.dataset.keep.split("-"), version = Number(parts.pop());
    var stem = "keep:" + (document.body.dataset.person || "") + ":" + parts.join("-") + "-", key = stem + version;
    var kept = null, sent = null;
    if (document.querySelector(".form-errors, .stale")) { return; }
    try { sent = JSON.parse(window.sessionStorage.getItem("keep-sent") || "null"); } catch (error) { sent = null; }
    if (!store.getItem(key)) {
      var older = Object.keys(store).filter(function (name) { return name.indexOf(stem) === 0 && !(sent && sent.key === name); })
        .map(function (name) { return Number(name.slice(stem.length)); })
        .filter(function (number) { return number < version; }).sort(function (a, b) { return b - a; })[0];
      if (older) {
        store.setItem(key, store.getItem(stem + older));
        store.removeItem(stem + older);
        form.querySelector("input[name=version]").value = older;
      }
    }
    try { kept = JSON.parse(store.getItem(key) || "null"); } catch (error) { kept = null; }
    if (!kept || !kept.pairs) { return; }
    ["conclusions", "tasks"].forEach(function (prefix) {
      var most = 0, pattern = new RegExp("^" + prefix + "-(\\d+)-");
      kept.pairs.forEach(function (pair) {
        var found = pattern.exec(pair[0]);
        if (found) { most = Math.max(most, Number(found[1]) + 1); }
      });
      while (Number(total(prefix).value) < Math.min(most, 300)) { addRow(prefix); }
    });
  })();

  // --- the preview --------------------------------------------------------------------------------------------

  var timer = null, asked = 0;
  function refresh() {
    var mine = ++asked;
    fetch(form.dataset.preview, { method: "POST", body: new FormData(form), credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok || answer.redirected) { throw new Error(String(answer.status)); }
        return answer.text();
      })
      .then(function (html) {
        if (mine !== asked || !frame.contentDocument) { return; }
        var fresh = new DOMParser().parseFromString(html, "text/html");
        var scroller = frame.contentDocument.scrollingElement, at = scroller ? scroller.scrollTop : 0;
        frame.contentDocument.body.replaceWith(frame.contentDocument.importNode(fresh.body, true));
        if (frame.contentDocument.scrollingElement) { frame.contentDocument.scrollingElement.scrollTop = at; }
        note.textContent = "";
      })
      .catch(function () { if (mine === asked) { note.textContent = failed; } });
  }
  function soon() { clearTimeout(timer); timer = setTimeout(refresh, 600); }
  if (document.querySelector(".form-errors, .stale")) { refresh(); } // what was typed, not what is saved
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("click", function (event) {
    if (event.target.closest("[data-refresh]")) { event.preventDefault(); clearTimeout(timer); refresh(); }
  });
})();
