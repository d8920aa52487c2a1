import type en from './texts.en'

export default {
  title: '소식',
  mentions: '멘션',
  stars: '별표',
  scheduled: '예약',
  none: { mentions: '아직 멘션이 없어요', stars: '별표한 메시지가 없어요' },
  noneText: {
    mentions: '누군가 @와 내 아이디를 쓰면 여기에 보여요.',
    stars: '메시지에 별표를 달면 다시 찾기 쉬워요. 나에게만 보여요.',
  },
} satisfies typeof en
