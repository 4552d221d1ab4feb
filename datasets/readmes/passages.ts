import { lexer, type Token } from 'marked'

/** A paragraph, list item or table row, and the heading it stands under. */
export interface Passage {
  readonly text: string
  readonly heading: string
}

/** The passages and the headings of a Markdown text in its order, without mark-up, white space folded. */
export const passagesOf = (markdown: string): { passages: Passage[]; headings: string[] } => {
  const passages: Passage[] = []
  const headings: string[] = []
  const add = (text: string) => passages.push({ text: fold(text), heading: headings.at(-1) ?? '' })
  const walk = (tokens: readonly Token[]): void => {
    for (const token of tokens) {
      if (token.type === 'heading') headings.push(fold(plain(token.tokens)))
      if (token.type === 'paragraph') add(plain(token.tokens))
      if (token.type === 'text') add(token.tokens ? plain(token.tokens) : token.text)
      if (token.type === 'blockquote') walk(token.tokens ?? [])
      if (token.type === 'list') for (const item of token.items) walk(item.tokens)
      if (token.type === 'table') {
        for (const row of token.rows as { tokens: Token[] }[][]) {
          add(row.map(({ tokens }) => plain(tokens)).join(' '))
        }
      }
    }
  }
  walk(lexer(markdown))
  return { passages, headings }
}

/** The words of inline tokens: links by their text, code as it stands, no images, no HTML. */
const plain = (tokens: readonly Token[] = []): string =>
  tokens
    .map((token) => {
      if (token.type === 'html' || token.type === 'image') return ''
      if (token.type === 'br') return ' '
      return 'tokens' in token && token.tokens
        ? plain(token.tokens)
        : 'text' in token
          ? token.text
          : ''
    })
    .join('')

const fold = (text: string): string => text.replace(/\s+/g, ' ').trim()
