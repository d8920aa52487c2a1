// The page is the same on every server: what it says about this one is filled in here.
for (const place of document.querySelectorAll('[data-origin]')) place.textContent = location.origin
for (const place of document.querySelectorAll('[data-socket]')) place.textContent = location.origin.replace(/^http/, 'ws') + '/ws'

const state = document.getElementById('state')
try {
  const answer = await fetch('/health/ready')
  const report = await answer.json()
  state.textContent = answer.ok ? `Version ${report.version} is running.` : report.title
} catch {
  state.textContent = 'It does not answer.'
}
