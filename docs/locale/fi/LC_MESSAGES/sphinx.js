Documentation.addTranslations({
  "locale": "fi",
  "plural_expr": "n == 1 ? 0 : 1",
  "messages": {
    "Search Results": "Hakutulokset",
    "Searching": "Haetaan",
    "Preparing search...": "Haku alkaa...",
    "Search finished, found one page matching the search query.": [
      "Löytyi yksi sivu.",
      "Löytyi ${resultCount} sivua."
    ],
    "Your search did not match any documents. Please make sure that all words are spelled correctly and that you've selected enough categories.":
      "Mikään sivu ei vastaa hakua. Tarkista kirjoitusasu tai kokeile toista sanaa."
  }
});
