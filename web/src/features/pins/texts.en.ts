export default {
  title: 'Pinned messages',
  pinned: 'Pinned message',
  all: '{count} pin | {count} pins',
  none: 'Nothing is pinned yet',
  noneText: 'What everybody should find again can be pinned from the menu of its message.',
  by: 'Pinned by {name}, {when}',
  jump: 'Go to it',
  unpin: 'Unpin',
}
