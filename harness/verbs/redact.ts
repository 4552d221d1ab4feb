/** Takes the secrets out of a command line: passwords in URLs, values of keys that say they are secret. */
export const redact = (text: string): string =>
  text
    .replace(/(:\/\/[^\s/:@'"]*):[^\s@'"]*@/g, '$1:•••@')
    .replace(
      /("[^"]*(?:password|secret|token|apikey|api_key|key)[^"]*"\s*:\s*)"(?:[^"\\]|\\.)*"/gi,
      '$1"•••"',
    )
    .replace(/([?&](?:password|secret|token|api_key|apikey|key)=)[^\s&'"]*/gi, '$1•••')

/** A word as a shell would need it quoted. */
export const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
