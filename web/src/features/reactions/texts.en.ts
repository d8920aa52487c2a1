export default {
  title: 'Reactions',
  chip: '{emoji}, {count} person | {emoji}, {count} people',
  hint: 'Right click or press long to see who',
  emoji: 'Emoji',
  search: 'Search for an emoji',
  groups: 'Groups of emoji',
  none: 'No emoji is called so',
  failed: 'The emoji could not be loaded',
  tone: 'Skin tone',
  tones: ['No skin tone', 'Light', 'Medium light', 'Medium', 'Medium dark', 'Dark'],
  group: {
    often: 'Often used', found: 'Found', 0: 'Smileys', 1: 'People', 3: 'Animals and nature', 4: 'Food and drink', 5: 'Travel and places',
    6: 'Activities', 7: 'Objects', 8: 'Symbols', 9: 'Flags',
  },
}
