// The theme chosen in this browser, before anything is painted: the dashboard's own script comes after the first paint.
// The name is that of web/ui/theme.ts. A file of its own, since the page's policy allows no script within it.
const chosen = localStorage.getItem("octopool-theme");
if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
