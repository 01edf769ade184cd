// The running total of the attendance; the server adds up again.
(function () {
  "use strict";
  var total = document.querySelector("[data-sum-total]");
  var fields = Array.prototype.slice.call(document.querySelectorAll("[data-sum]"));
  if (!total || !fields.length) { return; }
  function add() {
    var sum = 0, any = false;
    fields.forEach(function (field) {
      var text = field.value.replace(/[.,\s]/g, "");
      if (/^\d+$/.test(text)) { any = true; sum += Number(text); }
    });
    total.textContent = any ? sum.toLocaleString(document.documentElement.lang) : "—";
  }
  fields.forEach(function (field) { field.addEventListener("input", add); });
  add();
})();
