// Before anything is painted, so that a chosen theme never flashes.
try {
    const chosen = localStorage.getItem("tasktrail.theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
    // Without storage the system's theme is used.
}
