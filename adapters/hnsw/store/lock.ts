import { readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'

const LOCK = /^lock\.(\d+)$/
const FREE = 'free'

/**
 * Makes this process the only one on the folder, or throws, naming the one that is. The link `lock.N` of the highest N says who:
 * it points at its process, and when that began. A dead one's is not removed but outnumbered, which only one process can do: two
 * that find the same dead one cannot both take its place. A link, since it is made whole in one step, and on a full disk too.
 * Returns how to give the folder up.
 */
export const lockFolder = async (dir: string): Promise<() => Promise<void>> => {
  const own = await identityOf(process.pid)
  const pathOf = (number: number) => join(dir, `lock.${number}`)
  for (;;) {
    const highest = (await locksIn(dir)).at(-1) ?? 0
    if (highest > 0) await checkDead(dir, pathOf(highest))
    const lock = pathOf(highest + 1)
    if (!(await claim(own, lock))) continue
    const locks = await locksIn(dir)
    if (locks.at(-1) === highest + 1) {
      for (const old of locks.slice(0, -1)) await rm(pathOf(old), { force: true })
      return () => release(lock)
    }
    // Another one came and went meanwhile, and its lock is the higher.
    await rm(lock, { force: true })
  }
}

/** The highest lock stays, else a number could be given twice; it only says that nobody is there. */
const release = async (lock: string): Promise<void> => {
  await rm(`${lock}.${FREE}`, { force: true })
  await symlink(FREE, `${lock}.${FREE}`)
  await rename(`${lock}.${FREE}`, lock)
}

const locksIn = async (dir: string): Promise<number[]> =>
  (await readdir(dir))
    .flatMap((name) => LOCK.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)

const claim = async (own: string, lock: string): Promise<boolean> => {
  try {
    await symlink(own, lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

const checkDead = async (dir: string, lock: string): Promise<void> => {
  const holder = await unlessGone(readlink(lock))
  const pid = Number(holder.split(' ')[0])
  if (pid > 0 && (await identityOf(pid)) === holder) {
    throw new Error(`the data folder ${dir} is in use by process ${pid}: stop it, or take another`)
  }
}

/** The process and, where the system tells, the instant of its start: a pid is given again. Empty for one that is dead. */
const identityOf = async (pid: number): Promise<string> => {
  if (!isAlive(pid)) return ''
  const stat = await unlessGone(readFile(`/proc/${pid}/stat`, 'utf8'))
  // The name of the program, in parentheses, may hold spaces; behind it the state is the first field and the start the 20th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? '' : `${pid} ${fields[19] ?? ''}`.trim()
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const unlessGone = async (text: Promise<string>): Promise<string> => {
  try {
    return await text
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}
