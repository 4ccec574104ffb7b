// Pages by commit: what the project's repository says of the patches here, in files by the first digits of the commits.

const LONGEST = 16; // digits of a commit that the files have

/** The URLs, from the site's root, of the pages of the patches that became a commit; `sha`: its first digits or all. */
export async function pagesOfCommit(root, sha) {
  const about = await fetched(new URL("commit/index.json", root));
  if (!about || sha.length < about.digits) return [];
  const known = await fetched(new URL(`commit/${sha.slice(0, about.digits)}.json`, root));
  const wanted = sha.slice(0, LONGEST);
  return Object.entries(known ?? {}).filter(([name]) => name.startsWith(wanted)).flatMap(([, pages]) => pages);
}

async function fetched(url) {
  const answer = await fetch(url);
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`The commit could not be looked up (status ${answer.status}).`);
  return answer.json();
}
