// Runs before anything is drawn: the colours that the person chose, so that a dark page does not begin with a white flash.
try {
  const { theme } = JSON.parse(localStorage.getItem('maru.preferences') ?? '{}')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // storage is forbidden: the system's colours
}
