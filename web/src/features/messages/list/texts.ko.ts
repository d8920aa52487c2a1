import type en from './texts.en'

export default {
  label: '{room} 대화',
  unread: '여기부터 새 메시지',
  toNewest: '최신 메시지로 이동',
  newCount: '새 메시지 {count}개',
  heard: '{name}: {text}',
  heardMany: '새 메시지 {count}개',
  older: '이전 메시지를 불러오고 있어요',
  failed: '메시지를 불러오지 못했어요',
  start: '{room} 대화방이 시작된 곳이에요',
  startPast: '참여하기 전의 대화는 표시되지 않아요.',
  startDirect: '{name} 님과의 대화가 시작된 곳이에요',
  empty: '아직 대화가 없어요',
  emptyText: '첫 메시지를 남기거나 사람들을 초대해 보세요.',
  emptyDirect: '{name} 님에게 인사를 건네 보세요',
  invite: '사람 초대하기',
} satisfies typeof en
