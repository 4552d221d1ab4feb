import { readFileSync } from 'node:fs'

/** As whom a process is started. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** There on every ordinary system. Not postgres, which may own the databases of a server in use. */
const UNPRIVILEGED = 'nobody'

/** PostgreSQL refuses to run as root: the unprivileged account to start it as, or null where this process is no root. */
export const accountFor = (
  uid = process.getuid?.(),
  passwd = () => readFileSync('/etc/passwd', 'utf8'),
): Account | null => {
  if (uid !== 0) return null
  const accounts = passwd()
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name: name!, uid: Number(uid), gid: Number(gid) }))
  const found = accounts.find(({ name, uid }) => name === UNPRIVILEGED && uid > 0)
  if (found) return found
  throw new Error(
    `PostgreSQL does not run as root, and there is no account ${UNPRIVILEGED} to run it as: start driftmark as another user`,
  )
}
