// Folds the menu on a narrow screen. Without this script it simply stays open.
(function () {
  "use strict";

  var button = document.querySelector(".menu-button");

  if (!button) { return; }

  document.documentElement.classList.add("foldable");
  button.hidden = false;
  button.addEventListener("click", function () {
    var open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
  });
}());
