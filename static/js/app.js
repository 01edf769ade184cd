// Small helpers on top of pages that work without any of this.
(function () {
  "use strict";

  var words = document.documentElement.lang === "en" ? {
    kept: "Text you had typed before was brought back.", discard: "Discard it", copied: "Copied", left: "characters left",
    over: "characters too many", pick: "Pick a date"
  } : {
    kept: "Đã khôi phục nội dung anh/chị nhập trước đó.", discard: "Bỏ nội dung này", copied: "Đã sao chép", left: "ký tự còn lại",
    over: "ký tự vượt quá", pick: "Chọn ngày"
  };

  // A swapped-in part may stand beside fields that were made ready before: each is made ready once.
  function once(root, selector, work) {
    each(root, selector, function (one) { if (!one.dataset.ready) { one.dataset.ready = "1"; work(one); } });
  }
  function each(root, selector, work) { Array.prototype.forEach.call(root.querySelectorAll(selector), work); }
  function typing(target) { return /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable; }

  // Menus made of <details>: one open at a time, closed by Escape or a click elsewhere.
  document.addEventListener("click", function (event) {
    each(document, "details[data-menu][open]", function (menu) { if (!menu.contains(event.target)) { menu.open = false; } });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    each(document, "details[data-menu][open]", function (menu) { menu.open = false; menu.querySelector("summary").focus(); });
  });

  // Filter bars send themselves: choices at once, text after a pause.
  function autosubmit(form) {
    var timer = null, sent = new URLSearchParams(new FormData(form)).toString();
    function send() {
      clearTimeout(timer);
      if (new URLSearchParams(new FormData(form)).toString() === sent || !form.checkValidity()) { return; }
      each(form, "input, select", function (field) { if (!field.value && field.name) { field.disabled = true; } });
      form.submit();
    }
    form.addEventListener("change", function (event) {
      if (event.target.matches("select, input[type=checkbox], input[type=radio]")) { send(); }
    });
    form.addEventListener("input", function (event) {
      if (event.target.matches("input[type=search], input[data-live]")) { clearTimeout(timer); timer = setTimeout(send, 700); }
    });
  }
  // Coming back with the Back button finds the emptied fields usable again.
  window.addEventListener("pageshow", function () {
    each(document, "form[data-autosubmit] :disabled", function (field) { field.disabled = false; });
  });

  // Drafts: a form with data-keep="key" survives a failed save, an expired session, a closed lid.
  function draftOf(form) {
    var pairs = [];
    each(form, "input, textarea, select", function (field) {
      if (!field.name || /^(hidden|password|file|submit|button)$/.test(field.type) || field.hasAttribute("data-keep-not")) { return; }
      if (/^(checkbox|radio)$/.test(field.type)) { if (field.checked) { pairs.push([field.name, field.value]); } return; }
      if (field.multiple) { each(field, "option:checked", function (option) { pairs.push([field.name, option.value]); }); return; }
      pairs.push([field.name, field.value]);
    });
    return pairs;
  }
  function putBack(form, pairs) {
    each(form, "input, textarea, select", function (field) {
      if (!field.name || /^(hidden|password|file|submit|button)$/.test(field.type) || field.hasAttribute("data-keep-not")) { return; }
      var values = pairs.filter(function (pair) { return pair[0] === field.name; }).map(function (pair) { return pair[1]; });
      if (/^(checkbox|radio)$/.test(field.type)) { field.checked = values.indexOf(field.value) >= 0; }
      else if (field.multiple) { each(field, "option", function (option) { option.selected = values.indexOf(option.value) >= 0; }); }
      else if (values.length) { field.value = values.length > 1 ? values.shift() : values[0]; }
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  var loggingOut = false;
  function keyOf(form) { return "keep:" + (document.body.dataset.person || "") + ":" + form.dataset.keep; }
  function keep(form) {
    var key = keyOf(form), changed = false, leaving = false;
    var atStart = JSON.stringify(draftOf(form)), store = window.localStorage, timer = null, old = null;
    try { old = JSON.parse(store.getItem(key) || "null"); } catch (error) { store.removeItem(key); }
    if (old && Date.now() - old.at > 7 * 24 * 3600 * 1000) { store.removeItem(key); old = null; }
    // A form that comes back with errors already holds what was typed; an older draft must not overwrite it.
    if (old && !form.querySelector(".is-invalid") && !document.querySelector(".form-errors, .stale") && JSON.stringify(old.pairs) !== atStart) {
      putBack(form, old.pairs);
      changed = true;
      var note = document.createElement("div");
      note.className = "alert alert-info kept-note";
      note.setAttribute("role", "status");
      var text = document.createElement("span"), button = document.createElement("button");
      text.textContent = words.kept;
      button.type = "button"; button.className = "btn btn-sm btn-outline-secondary"; button.textContent = words.discard;
      button.addEventListener("click", function () {
        store.removeItem(key); changed = false; putBack(form, JSON.parse(atStart)); note.remove();
      });
      note.append(text, button);
      form.prepend(note);
    }
    function save() {
      if (loggingOut || !form.isConnected) { return; }
      var now = draftOf(form);
      changed = JSON.stringify(now) !== atStart;
      try {
        if (changed) { store.setItem(key, JSON.stringify({ at: Date.now(), pairs: now })); } else { store.removeItem(key); }
      } catch (error) { changed = true; }
    }
    form.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(save, 400); });
    form.addEventListener("change", save);
    form.addEventListener("submit", function () {
      clearTimeout(timer); save(); leaving = true;
      try { sessionStorage.setItem("keep-sent", JSON.stringify({ key: key, path: location.pathname })); } catch (error) { leaving = true; }
    });
    window.addEventListener("beforeunload", function (event) {
      clearTimeout(timer); save();
      if (changed && !leaving && form.hasAttribute("data-keep-ask")) { event.preventDefault(); }
    });
  }
  // The draft goes once the page after the sending is neither the same form with errors nor the sign-in page.
  (function () {
    var sent = null;
    try { sent = JSON.parse(sessionStorage.getItem("keep-sent") || "null"); } catch (error) { sent = null; }
    if (!sent) { return; }
    sessionStorage.removeItem("keep-sent");
    if (document.querySelector(".form-errors, .stale, .is-invalid, .alert-danger, .door, [data-refused]")) { return; }
    localStorage.removeItem(sent.key);
  })();

  // The same for a form that htmx sends: its answer comes without a new page.
  document.addEventListener("htmx:beforeSwap", function (event) {
    var form = event.detail.requestConfig && event.detail.requestConfig.elt;
    if (!form || !form.dataset || !form.dataset.keep) { return; }
    sessionStorage.removeItem("keep-sent");
    if (event.detail.xhr.status < 400) { localStorage.removeItem(keyOf(form)); }
  });

  // Who logs out of a shared machine leaves no drafts on it.
  document.addEventListener("submit", function (event) {
    if (!event.target.hasAttribute("data-logout")) { return; }
    loggingOut = true;
    Object.keys(localStorage).forEach(function (key) { if (key.indexOf("keep:") === 0) { localStorage.removeItem(key); } });
  });

  // j / k walk through a list marked data-keynav, Enter opens, "/" goes to the search.
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) { return; }
    if (event.key === "/") {
      var search = document.querySelector("main input[type=search], .filter-bar input[type=text]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
      return;
    }
    var list = document.querySelector("[data-keynav]");
    if (!list || ["j", "k", "o", "Enter"].indexOf(event.key) < 0) { return; }
    var rows = Array.prototype.filter.call(list.querySelectorAll("[data-keynav-item], tbody > tr, :scope > li"), function (row) { return row.querySelector("a, button"); });
    var at = rows.findIndex(function (row) { return row.classList.contains("is-selected"); });
    if (event.key === "Enter" || event.key === "o") {
      if (at >= 0 && event.target === document.body || at >= 0 && event.key === "o") { event.preventDefault(); rows[at].querySelector("a, button").click(); }
      return;
    }
    event.preventDefault();
    var next = Math.max(0, Math.min(rows.length - 1, at + (event.key === "j" ? 1 : -1)));
    rows.forEach(function (row, index) { row.classList.toggle("is-selected", index === next); });
    if (rows[next]) { rows[next].scrollIntoView({ block: "nearest" }); rows[next].querySelector("a, button").focus({ preventScroll: true }); }
  });

  // Fields with a limit say how much room is left.
  function counter(field) {
    var limit = Number(field.getAttribute("maxlength") || field.dataset.count), line = document.createElement("p");
    if (!limit) { return; }
    line.className = "char-count";
    function tell() {
      var left = limit - field.value.length;
      line.textContent = Math.abs(left).toLocaleString(document.documentElement.lang) + " " + (left < 0 ? words.over : words.left);
      line.classList.toggle("is-over", left < 0);
      line.hidden = left > limit * 0.25;
    }
    field.after(line);
    field.addEventListener("input", tell);
    tell();
  }

  // data-copy="#selector" or data-copy-text="words".
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy], [data-copy-text]");
    if (!button || !navigator.clipboard) { return; }
    var source = button.dataset.copy && document.querySelector(button.dataset.copy);
    navigator.clipboard.writeText(button.dataset.copyText || (source.value !== undefined ? source.value : source.textContent.trim())).then(function () {
      var before = button.textContent;
      button.textContent = words.copied;
      setTimeout(function () { button.textContent = before; }, 1500);
    });
  });

  // Dates are typed as dd/mm/yyyy; the native picker stands beside as a second way in.
  function datePicker(field) {
    if (field.closest(".date-field")) { return; }
    var frame = document.createElement("div"), label = document.createElement("span"), native = document.createElement("input");
    frame.className = "date-field"; label.className = "date-pick";
    native.type = "date"; native.tabIndex = -1; native.setAttribute("aria-label", words.pick); native.setAttribute("data-keep-not", "");
    field.before(frame); frame.append(field, label); label.append("▾", native);
    var group = /^(\d{1,2})[\/.-](\d{1,2})[\/.-](\d{4})$/;
    native.addEventListener("focus", function () {
      var parts = group.exec(field.value.trim());
      native.value = parts ? parts[3] + "-" + parts[2].padStart(2, "0") + "-" + parts[1].padStart(2, "0") : "";
    });
    native.addEventListener("change", function () {
      if (!native.value) { return; }
      field.value = native.value.split("-").reverse().join("/");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  // On a phone the filters stand folded above their list; the chips below say which are in force.
  function foldable(fold) {
    var narrow = window.matchMedia("(max-width: 767.98px)");
    function settle() { fold.open = !narrow.matches || !!fold.querySelector(".is-invalid"); }
    settle();
    if (narrow.addEventListener) { narrow.addEventListener("change", settle); }
  }

  function enhance(root) {
    once(root, "details.filter-fold", foldable);
    once(root, "form[data-autosubmit]", autosubmit);
    once(root, "form[data-keep]", keep);
    once(root, "textarea[maxlength], input[data-count], textarea[data-count]", counter);
    once(root, "input[data-date]", datePicker);
    var focus = root.querySelector("[data-focus]");
    if (focus) { focus.focus(); }
  }
  function start() { enhance(document); }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
  document.addEventListener("htmx:afterSwap", function (event) { if (event.target !== document.body) { enhance(event.target); } });
})();
