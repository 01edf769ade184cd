// Writing opinions down while people speak. Without this file the form works as a plain form; with it nothing typed is
// lost: a draft is kept on this machine, a failed sending is tried again, an expired session brings the text back.
(function () {
  "use strict";

  var english = document.documentElement.lang === "en";
  var words = english ? {
    lost: "No connection. What you typed is kept on this machine and is being sent again.",
    failed: "The server could not save it. What you typed is kept on this machine and is being sent again.",
    signedOut: "Your session has ended. What you typed is kept on this machine.",
    signIn: "Sign in again, then come back here",
    restored: "What you had typed before was brought back.",
    kept: "Kept on this machine at", sending: "Saving…", refused: "The server refused this text; nothing was lost."
  } : {
    lost: "Mất kết nối, nội dung vẫn được giữ trên máy này và đang được gửi lại.",
    failed: "Máy chủ chưa lưu được, nội dung vẫn được giữ trên máy này và đang được gửi lại.",
    signedOut: "Phiên làm việc đã hết. Nội dung vẫn được giữ trên máy này.",
    signIn: "Đăng nhập lại rồi quay về trang này",
    restored: "Đã khôi phục nội dung anh/chị nhập trước đó.",
    kept: "Đã giữ trên máy này lúc", sending: "Đang lưu…", refused: "Máy chủ không nhận nội dung này; không có gì bị mất."
  };
  var KEPT_EVERY = 3000, RETRY = [3000, 5000, 10000, 20000, 30000];
  var sent = null, pressed = null, retryTimer = null, tries = 0, busy = false, loggingOut = false;

  function form() { return document.getElementById("entry-form"); }
  function textOf(current) { return current.elements.text; }
  function key(current) { return "keep:entry:" + current.dataset.entry; }  // "keep:" is what logging out clears

  // --- the draft ------------------------------------------------------------------------------------------------

  function pairs(current) {
    var found = {};
    new FormData(current).forEach(function (value, name) { if (name !== "csrfmiddlewaretoken") { found[name] = value; } });
    return found;
  }
  function isWorthKeeping(values) { return Boolean((values.text || "").trim() || (values.answer || "").trim()); }
  function keepDraft() {
    var current = form();
    if (!current || loggingOut) { return; }
    var values = pairs(current);
    try {
      if (!isWorthKeeping(values)) { localStorage.removeItem(key(current)); return; }
      var asText = JSON.stringify(values);
      if (localStorage.getItem(key(current)) === asText) { return; }
      localStorage.setItem(key(current), asText);
      document.getElementById("entry-kept").textContent = words.kept + " " + new Date().toLocaleTimeString(document.documentElement.lang);
    } catch (error) { document.getElementById("entry-kept").textContent = ""; }
  }
  function bringBack() {
    var current = form(), values = null;
    try { values = JSON.parse(localStorage.getItem(key(current)) || "null"); } catch (error) { values = null; }
    if (!values || !isWorthKeeping(values) || current.querySelector(".form-errors")) { return; }
    Object.keys(values).forEach(function (name) {
      var field = current.elements[name];
      if (!field) { return; }
      if (field instanceof RadioNodeList) {
        Array.prototype.forEach.call(field, function (one) { one.checked = one.value === values[name]; });
      } else { field.value = values[name]; }
    });
    if (values.answer || values.answered_by) { current.querySelector("[data-fold=answer]").open = true; }
    if (values.phone || values.address || values.consents_to_publication) { current.querySelector("[data-fold=person]").open = true; }
    showSameSpeaker(current);
    say(words.restored, "entry-saved");
    textOf(current).focus();
  }

  // --- saying how it stands -------------------------------------------------------------------------------------

  function say(sentence, tone, link) {
    var place = document.getElementById("entry-status"), line = document.createElement("span");
    if (!place) { return; }
    line.className = tone;
    line.textContent = sentence + " ";
    if (link) {
      var anchor = document.createElement("a");
      anchor.href = link; anchor.textContent = words.signIn;
      line.append(anchor);
    }
    place.replaceChildren(line);
  }

  // --- sending --------------------------------------------------------------------------------------------------

  function send(then) {
    var current = form();
    if (!current || busy) { return; }
    var button = current.querySelector("button[name=then][value=" + (then || "next") + "]");
    // A click and not requestSubmit(): htmx sends the name of the button that was clicked last.
    button.click();
  }
  function tryAgain() {
    clearTimeout(retryTimer);
    retryTimer = setTimeout(function () { send(pressed); }, RETRY[Math.min(tries, RETRY.length - 1)]);
    tries += 1;
  }
  function isOurs(event) {
    // After the swap the form that sent is gone and the event names its parent; the request still knows its form.
    var from = event.detail.requestConfig ? event.detail.requestConfig.elt : event.detail.elt;
    return Boolean(from) && from.id === "entry-form";
  }
  function signInAddress() { return "/accounts/login/?next=" + encodeURIComponent(location.pathname); }
  function isSignInPage(xhr) { return xhr.responseURL && xhr.responseURL.indexOf("/accounts/login/") >= 0; }

  document.addEventListener("submit", function (event) {
    if (event.target.hasAttribute("data-logout")) { loggingOut = true; return; }
    if (event.target.id !== "entry-form") { return; }
    pressed = event.submitter && event.submitter.value === "same" ? "same" : "next";
    keepDraft();
  }, true);

  document.addEventListener("htmx:beforeRequest", function (event) {
    if (!isOurs(event)) { return; }
    busy = true;
    sent = { text: textOf(form()).value, answer: form().elements.answer.value };
    document.getElementById("entry-kept").textContent = words.sending;
  });

  // What was typed while the answer was on its way belongs to the next opinion.
  var typedMeanwhile = null, openFolds = {};
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (!isOurs(event)) { return; }
    form().querySelectorAll("[data-fold=person]").forEach(function (fold) { openFolds[fold.dataset.fold] = fold.open; });
    if (isSignInPage(event.detail.xhr)) {
      event.detail.shouldSwap = false;
      say(words.signedOut, "entry-lost", signInAddress());
      return;
    }
    typedMeanwhile = null;
    if (event.detail.xhr.status < 300 && sent) {
      var now = textOf(form()).value;
      if (now !== sent.text) { typedMeanwhile = now.indexOf(sent.text) === 0 ? now.slice(sent.text.length).replace(/^\s+/, "") : now; }
      try { localStorage.removeItem(key(form())); } catch (error) { typedMeanwhile = typedMeanwhile || null; }
    } else if (event.detail.shouldSwap) {
      // A refusal comes back with what was sent; what was typed since is put in its place.
      if (sent && textOf(form()).value !== sent.text) { typedMeanwhile = textOf(form()).value; }
    }
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    if (!isOurs(event)) { return; }
    busy = false;
    if (event.detail.successful) { tries = 0; clearTimeout(retryTimer); }
  });
  document.addEventListener("htmx:afterSettle", function () {
    var current = form();
    if (!current || current.dataset.ready) { return; }
    ready(current);
    current.querySelectorAll("[data-fold]").forEach(function (fold) { if (openFolds[fold.dataset.fold]) { fold.open = true; } });
    if (typedMeanwhile !== null) { textOf(current).value = typedMeanwhile; typedMeanwhile = null; keepDraft(); textOf(current).focus(); return; }
    var errors = current.querySelector(".form-errors"), focus = errors || current.querySelector("[data-focus]");
    if (focus) { focus.focus(); }
  });
  ["htmx:sendError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      if (!isOurs(event)) { return; }
      busy = false; keepDraft(); say(words.lost, "entry-lost"); tryAgain();
    });
  });
  document.addEventListener("htmx:responseError", function (event) {
    if (!isOurs(event)) { return; }
    busy = false; keepDraft();
    var status = event.detail.xhr.status;
    // After a new sign-in elsewhere the form's token is the old one: the page has to be opened anew, the draft waits.
    if (status === 401 || status === 403) { say(words.signedOut, "entry-lost", signInAddress()); return; }
    if (status >= 500) { say(words.failed, "entry-lost"); tryAgain(); return; }
    say(words.refused, "entry-lost");
  });
  window.addEventListener("online", function () { if (tries && !busy) { clearTimeout(retryTimer); send(pressed); } });
  window.addEventListener("pagehide", keepDraft);

  // --- the keyboard ---------------------------------------------------------------------------------------------

  function choose(group, number) {
    var choice = form().querySelector("[data-keys=" + group + "] input[data-key='" + number + "']");
    if (!choice) { return false; }
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }
  document.addEventListener("keydown", function (event) {
    var current = form(), target = event.target;
    if (!current) { return; }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && current.contains(target)) {
      event.preventDefault();
      send(event.shiftKey ? "same" : "next");
      return;
    }
    var digit = /^Digit([1-9])$/.exec(event.code) || /^Numpad([1-9])$/.exec(event.code);
    if (!digit || event.ctrlKey || event.metaKey) { return; }
    var isText = target.matches("textarea, select, input:not([type=radio])"), chosen = false;
    if (event.altKey) { chosen = choose(event.shiftKey ? "category" : "field", digit[1]); }
    else if (!isText) {
      var group = target.closest && target.closest("[data-keys]");
      chosen = choose(group ? group.dataset.keys : "field", digit[1]);
    }
    if (chosen) { event.preventDefault(); }
  });

  // --- the same speaker -----------------------------------------------------------------------------------------

  function showSameSpeaker(current) {
    document.getElementById("same-speaker").hidden = !current.elements.same_speech_as.value;
  }
  document.addEventListener("click", function (event) {
    if (!event.target.closest("[data-other-speaker]")) { return; }
    event.preventDefault();
    var current = form();
    ["same_speech_as", "speaker", "represents", "phone", "address"].forEach(function (name) { current.elements[name].value = ""; });
    showSameSpeaker(current);
    current.elements.speaker.focus();
    keepDraft();
  });

  function ready(current) { current.dataset.ready = "yes"; }
  function start() {
    var current = form();
    if (!current) { return; }
    ready(current);
    bringBack();
    setInterval(keepDraft, KEPT_EVERY);
    document.addEventListener("change", keepDraft);
  }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
})();
