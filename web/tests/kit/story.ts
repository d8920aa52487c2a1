import { pdf, picture, sendFiles, sound, text as textFile } from './files'
import { Person } from './people'

/** A small company at work: every kind of room and message that the screens show. What screenshots and the accessibility tests look at. */
export interface Story {
  ann: Person
  ben: Person
  people: Person[]
  /** The busy room, with everything in it. */
  harbour: Room
  /** Korean, among others. */
  seoul: Room
  quiet: Room
  direct: Room
  /** Pictures, voice messages and documents. */
  photos: Room
  /** A message with replies. */
  root: number
  poll: number
  /** An invitation to the harbour. */
  code: string
}

type Room = Awaited<ReturnType<Person['room']>>

const names: [string, string][] = [
  ['ann', 'Ann Baker'], ['ben', 'Ben Okafor'], ['minji', '김민지'], ['haru', '田中春'], ['chloe', 'Chloé Martin'], ['seojun', '이서준'],
  ['omar', 'عمر حداد'], ['lucia', 'Lucía Fernández'],
]

export async function tell(url: string, prefix = ''): Promise<Story> {
  const people: Person[] = []
  for (const [handle, name] of names) people.push(await Person.signUp(url, `${prefix}${handle}`, name))
  const [ann, ben, minji, haru, chloe, seojun, omar, lucia] =
    people as [Person, Person, Person, Person, Person, Person, Person, Person]
  const ids = (...some: Person[]) => some.map(person => person.id)

  const harbour = await ann.room('Harbour crew', {
    description: 'Everything about the harbour: tides, ships, and who brings the cake.',
    members: ids(ben, minji, haru, chloe, seojun, omar, lucia),
  })
  await ann.ask('PATCH', `rooms/${harbour.id}`, { topic: 'High tide at 14:20' })
  const seoul = await minji.room('서울 오피스', { description: '점심 메뉴부터 배포까지', visibility: 'private', members: ids(ann, seojun, haru) })
  const quiet = await ben.room('Release notes', { visibility: 'public', members: ids(ann, chloe) })
  await ben.ask('PATCH', `rooms/${quiet.id}`, { readOnly: true })
  const books = await chloe.room('Book club', { description: 'One book a month, no homework', members: ids(lucia) })
  await seojun.room('독서 모임', { description: '한 달에 한 권' })
  await lucia.room('Locked garden', { password: 'sesame', description: 'Ask Lucía for the password' })
  await haru.room('写真部', { description: '今月のテーマ：港' })
  void books

  await ben.send(harbour, 'Good morning everyone ☀️')
  await ben.send(harbour, 'The **Aurora** comes in an hour early. Berth 4 is free, I checked.')
  const question = await minji.send(harbour, '안녕하세요! 오늘 회의는 몇 시인가요?')
  await ann.send(harbour, '14:00, right before high tide. Agenda:\n\n1. Berths for next week\n2. The new crane\n3. Cake', {
    replyTo: question.seq,
  })
  await haru.send(harbour, '了解です。資料を準備します。')
  const snippet = await seojun.send(harbour, '조수 계산은 이렇게 바꿨어요:\n\n```ts\n' +
    'export function tide(hours: number): number {\n  return 2.1 + 1.8 * Math.cos((hours - 14.3) * Math.PI / 6.2)\n}\n```')
  await chloe.send(harbour, `@${ann.handle} could you look at this before noon? https://example.org/berths/4`)
  await omar.send(harbour, 'صباح الخير! سأكون هناك في الوقت المحدد.')
  const cake = await lucia.send(harbour, '> Cake\n\nI bring *tarta de Santiago* 🍰')
  await ann.send(harbour, '🎉🎉')
  const poll = await ann.ask<{ seq: number }>('POST', `rooms/${harbour.id}/polls`, {
    question: 'Where do we eat afterwards?', options: ['Noodles by the pier', 'The old lighthouse', 'Picnic on the quay'],
  }, { 'Idempotency-Key': crypto.randomUUID() })
  const root = await ben.send(harbour, 'Thread for the crane: what is still missing?')
  await chloe.send(harbour, 'The paint. It should be here on Thursday.', { replyTo: root.seq })
  await seojun.send(harbour, '점검표는 제가 올릴게요.', { replyTo: root.seq })
  await lucia.send(harbour, 'Insurance papers are signed ✅', { replyTo: root.seq })
  const wrong = await ben.send(harbour, 'The Aurora comes at noon')
  await ben.ask('PATCH', `rooms/${harbour.id}/messages/${wrong.seq}`, { text: 'The Aurora comes at 11:30' })
  const gone = await omar.send(harbour, 'Wrong room, sorry')
  await omar.ask('DELETE', `rooms/${harbour.id}/messages/${gone.seq}`)

  const react = (person: Person, seq: number, emoji: string) =>
    person.ask('PUT', `rooms/${harbour.id}/messages/${seq}/reactions/${encodeURIComponent(emoji)}`)
  for (const person of [ann, ben, minji, haru, omar]) await react(person, cake.seq, '❤️')
  for (const person of [ann, seojun]) await react(person, cake.seq, '😋')
  for (const person of [ben, ann, chloe]) await react(person, snippet.seq, '👍')
  const { poll: options } = await ann.ask<{ poll: { options: { id: number }[] } }>('GET', `rooms/${harbour.id}/messages/${poll.seq}`)
  for (const [at, person] of [ben, minji, haru, chloe, seojun].entries())
    await person.ask('PUT', `rooms/${harbour.id}/polls/${poll.seq}/vote`, { options: [options.options[at % 2]!.id] })
  await ann.ask('PUT', `rooms/${harbour.id}/messages/${cake.seq}/pin`)
  await ann.ask('PUT', `rooms/${harbour.id}/messages/${snippet.seq}/star`)

  const lunch: [Person, string][] = [
    [minji, '오늘 점심 뭐 먹을까요?'], [seojun, '비 오니까 칼국수 어때요'], [haru, 'いいですね！'], [minji, '그럼 12시에 1층에서 봐요 😊'],
  ]
  for (const [person, text] of lunch) await person.send(seoul, text)
  await ben.send(quiet, '## 2.4\n\n- Faster start\n- Search finds 한국어, 日本語 and 中文\n- A calmer list of rooms')
  const direct = await ben.direct(ann)
  await ben.send(direct, 'Do you have a minute for the berth plan?')
  await ann.send(direct, 'Sure, after the stand-up')
  await ben.send(direct, 'Perfect, thank you 🙏')
  const withMinji = await minji.direct(ann)
  await minji.send(withMinji, '자료 잘 받았어요. 고마워요!')

  const photos = await haru.room('Harbour photos', { visibility: 'private', members: ids(ann, ben, minji, chloe) })
  await sendFiles(haru, photos, [pdf('berth plan 2026.pdf', ['Berth plan 2026', 'Berths 1 to 4', 'Berths 5 to 9'])], 'The plan for next year')
  await sendFiles(minji, photos, [textFile('조수표.csv', '날짜,시각,높이\n2026-11-20,02:10,0.4\n2026-11-20,14:20,3.9\n'.repeat(40))])
  await sendFiles(chloe, photos, [sound('harbour bells.wav', 4)])
  const album = await sendFiles(haru, photos, [
    picture('pier at dawn.png', 900, 600), picture('crane.png', 600, 900, 1), picture('lighthouse.png', 800, 800, 2),
    picture('boats.png', 1200, 500), picture('gulls.png', 700, 500, 1),
  ], '今日の写真です')
  await ann.send(photos, 'The lighthouse is beautiful!', { replyTo: album.seq })
  const bars = Array.from({ length: 64 }, (_, at) => Math.round(20 + 75 * Math.abs(Math.sin(at / 3) * Math.cos(at / 11))))
  await sendFiles(ben, photos, [sound('voice.wav', 7)], '', { duration: '7', waveform: JSON.stringify(bars) })
  await sendFiles(ann, photos, [picture('berth four.png', 1000, 700)])
  await ann.ask('POST', 'contacts', { userId: ben.id })
  await ben.ask('POST', 'contacts', { userId: ann.id })
  await chloe.ask('POST', 'contacts', { userId: ann.id })
  await ann.ask('POST', 'contacts', { userId: haru.id })
  await ann.ask('PATCH', `me/rooms/${harbour.id}`, { favourite: true })
  await ann.ask('PATCH', `me/rooms/${quiet.id}`, { notify: 'nothing' })
  await ann.ask('PATCH', 'me', { statusMessage: 'At the harbour until five' })
  await ann.ask('POST', `rooms/${harbour.id}/scheduled`, {
    text: 'Good morning! The tide table for today is pinned.', at: new Date(Date.now() + 86_400_000).toISOString(),
  }, { 'Idempotency-Key': crypto.randomUUID() })
  const { code } = await ann.ask<{ code: string }>('POST', `rooms/${harbour.id}/invitations`, { expiresIn: 86_400, maxUses: 10 })

  return { ann, ben, people, harbour, seoul, quiet, direct, photos, root: root.seq, poll: poll.seq, code }
}
