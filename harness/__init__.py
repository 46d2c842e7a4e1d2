"""The test harness: it plays the people of a chat and judges what each of them heard."""
