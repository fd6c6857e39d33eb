/* Runs before the first paint, so that a dark screen never flashes white. `core/appearance` writes the same key. */
(function () {
  try {
    var theme = localStorage.getItem('parlance.appearance');
    if (theme === 'light' || theme === 'dark') document.documentElement.setAttribute('data-theme', theme);
  } catch (error) {
    /* Storage may be closed to us; the system's theme is used then. */
  }
})();
