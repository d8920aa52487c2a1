export default {
  setting: 'Link previews',
  settingHint: 'New messages show the title and picture of the pages they link to.',
  off: 'No link previews',
  remove: 'Remove the preview',
  removed: 'Preview removed',
}
