// Theme and language before the first paint; the same choice as src/ui/stores/view.ts makes. In a frame nothing is read.
(function () {
  var kept = {};
  try { if (window.parent === window) kept = JSON.parse(localStorage.getItem('kube-orrery/view') || '{}') || {}; } catch (e) { kept = {}; }
  var theme = kept.theme === 'dark' || kept.theme === 'light' ? kept.theme : matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  if (kept.language === 'zh-CN' || kept.language === 'en') document.documentElement.lang = kept.language;
})();
