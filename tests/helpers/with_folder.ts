/**
 * Gives a test an empty folder, and removes it afterwards.
 *
 * @param test Takes the folder's path.
 */
export async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Gives a test a path where there is nothing yet, and removes what it wrote there.
 *
 * @param test Takes the path.
 */
export async function withNewFolder(test: (folder: string) => Promise<void>): Promise<void> {
  await withFolder((parent) => test(`${parent}/model`));
}
