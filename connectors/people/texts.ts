/** Texts that break careless software: markup, quotes, formulas, line ends, lengths. */

/** Short values that turn up in any one-line field. */
export const ODD_WORDS: readonly string[] = [
  '0',
  'null',
  'NULL',
  'n/a',
  '-',
  '00123',
  'trailing ',
  ' leading',
  '=HYPERLINK("http://example.com","x")',
  '+1+1',
  '@SUM(A1:A9)',
  '-2+3',
  'a,b;c\td',
  'say "hi"',
  'R&amp;D',
  '<b>bold</b>',
  'true',
  '1e5',
  '20240101T10:00:00',
]

export const REMARKS: readonly string[] = [
  'Met at the fair, wants a call back.',
  'Line one\r\nLine two\r\n\r\nLine four',
  'She said: "call <me> & bring ]]> along"',
  '<p>Pasted from a <a href="https://example.com/?a=1&b=2">page</a></p>',
  '=1+2',
  'Grüße 👋🏽 aus Zürich – bis bald…',
  '改行\nあり',
  "It's fine; DROP TABLE contacts;--",
  '&lt;already escaped&gt; &amp;amp;',
  '<!-- gone? -->',
  '{{ template }} %percent% ~null~',
  'tab\there, trailing blanks   ',
]

/** One long text to cut from, so that long notes cost almost no memory. */
export const LONG_TEXT: string = REMARKS.map(
  (remark, i) =>
    `${i + 1}. ${remark}\r\nCalled again, nobody there. Try ${8 + i}:30 – “after lunch”.\r\n`,
)
  .join('')
  .repeat(12)

/** Longer than a one-line field holds anywhere. */
export const OVERLONG: string = 'Donaudampfschifffahrtsgesellschaft '.repeat(12).trim()
