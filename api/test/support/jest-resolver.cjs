/** Sources import `./x.js`, as Node wants it; under Jest the file that stands there is `./x.ts`. */
module.exports = (path, options) => {
  if (path.startsWith('.') && path.endsWith('.js') && !options.basedir.includes('node_modules')) {
    try {
      return options.defaultResolver(path.replace(/\.js$/, '.ts'), options);
    } catch {
      // A plain JavaScript file: resolved below as it is written.
    }
  }
  return options.defaultResolver(path, options);
};
