// From a server: the site can be installed, and opens without a network. From a disk it does anyway.
(function () {
  "use strict";
  if (!/^https?:$/.test(location.protocol)) { return; }
  var root = new URL(document.currentScript.dataset.root, document.baseURI).href;
  var link = document.createElement("link");
  link.rel = "manifest";
  link.href = root + "manifest.json";
  document.head.appendChild(link);
  if (navigator.serviceWorker) {
    navigator.serviceWorker.register(root + "sw.js", { updateViaCache: "none" }).catch(function () {
      // a reader who allows no storage reads on without
    });
  }
})();
