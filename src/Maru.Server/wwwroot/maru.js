// The page is the same on every server: what it says about this one is filled in here.
// It may lie below a path.
const here = new URL('.', location.href).href.replace(/\/$/, '')
for (const place of document.querySelectorAll('[data-origin]')) place.textContent = here
for (const place of document.querySelectorAll('[data-socket]')) place.textContent = here.replace(/^http/, 'ws') + '/ws'

const state = document.getElementById('state')
try {
  const answer = await fetch('health/ready')
  const report = await answer.json()
  state.textContent = answer.ok ? `Version ${report.version} is running.` : report.title
} catch {
  state.textContent = 'It does not answer.'
}
