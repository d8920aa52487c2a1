import type en from './texts.en'

export default {
  title: '공감',
  chip: '{emoji}, {count}명 | {emoji}, {count}명',
  hint: '오른쪽 클릭하거나 길게 누르면 누가 남겼는지 볼 수 있어요',
  emoji: '이모지',
  search: '이모지 찾기',
  groups: '이모지 종류',
  none: '찾는 이모지가 없어요',
  failed: '이모지를 불러오지 못했어요',
  tone: '피부색',
  tones: ['기본 피부색', '밝은 피부색', '약간 밝은 피부색', '중간 피부색', '약간 어두운 피부색', '어두운 피부색'],
  group: {
    often: '자주 쓰는 이모지', found: '검색 결과', 0: '표정', 1: '사람', 3: '동물과 자연', 4: '음식', 5: '여행과 장소',
    6: '활동', 7: '사물', 8: '기호', 9: '깃발',
  },
} satisfies typeof en
