import { fileURLToPath } from 'node:url'

/** The folder of driftmark's own package.json and lock file: above these sources, or above dist/ when they are compiled. */
export const packageRoot = (): string =>
  fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '..' : '../..', import.meta.url))
