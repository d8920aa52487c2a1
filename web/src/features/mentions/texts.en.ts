export default {
  title: 'Activity',
  mentions: 'Mentions',
  stars: 'Starred',
  scheduled: 'Scheduled',
  none: { mentions: 'Nobody has mentioned you', stars: 'Nothing starred' },
  noneText: {
    mentions: 'When somebody mentions you with @ and your handle, you find it here.',
    stars: 'Star a message to find it again. Nobody else sees it.',
  },
}
