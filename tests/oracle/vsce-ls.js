// Answers, line by line, which files vsce would pack: reads {"folder": "..."} and writes the sorted list as a
// JSON array, or {"error": "..."}. The first argument is the folder with vsce's code.
'use strict'
const vsce = require(process.argv[2])

const answer = async ({ folder }) => {
  try {
    return (await vsce.listFiles({ cwd: folder, packageManager: vsce.PackageManager.None })).sort()
  } catch (error) {
    return { error: String(error) }
  }
}

const main = async () => {
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + '\n')
  }
}
main()
