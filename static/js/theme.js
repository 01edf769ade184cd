// Follows the system's dark scheme before the first paint; paper is always light.
(function () {
  "use strict";
  var query = window.matchMedia("(prefers-color-scheme: dark)");
  function set(dark) { document.documentElement.setAttribute("data-bs-theme", dark ? "dark" : "light"); }
  function follow() { set(query.matches); }
  follow();
  query.addEventListener("change", follow);
  window.addEventListener("beforeprint", function () { set(false); });
  window.addEventListener("afterprint", follow);
})();
