import type { Found } from './index.ts'

/** What was found, as pairs of id and version. */
export const pairs = ({ ids, versions }: Found) => Array.from(ids, (id, i) => [id, versions[i]])
