// Pages by number: Patchwork's addresses such as /patch/12/ name mails by their numbers, in files of a thousand.

const FILE_SIZE = 1000;

/** The URL of the page of a patch, cover letter, comment or person from the site's root; null where there is none. */
export async function pageOfNumber(root, kind, number) {
  const answer = await fetch(new URL(`number/${kind}/${Math.floor(number / FILE_SIZE)}.json`, root));
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`The number could not be looked up (status ${answer.status}).`);
  return (await answer.json())[number] ?? null;
}
