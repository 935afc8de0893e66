"""Twenty documents, each about one thing, as lines that `mlsearch import` reads."""

import json

TEXTS = {
    "drift": "Data drift after deployment. Predictions degrade as the inputs shift away from what was seen in training; alerts on their distribution show it within days.",
    "outage": "Postmortem of a failed failover. The pager called the engineer on duty at three, and for two hours customers saw nothing but errors.",
    "bread": "A dough for beginners. Flour, water, salt and yeast rest overnight and go into a hot oven in the morning.",
    "organ": "Pipes of 1720. Air from the bellows passes the stops, and the vault answers for four seconds.",
    "features": "A shared store of features. Teams compute each input once and read it everywhere.",
    "labels": "Annotating images by hand. Two people look at each photo, and a third one decides where they differ.",
    "bike": "A puncture on tour. The wheel comes off, the tube is patched and the tyre is pumped up again.",
    "tides": "Ebb and flow. The moon pulls the sea twice a day, and the harbour falls dry.",
    "queue": "Messages in order. A broker keeps a log for each partition, and consumers remember how far they have read.",
    "chess": "An endgame with rooks. The king cuts off the pawn, and patience wins.",
    "cache": "Stale entries. Reads are fast as long as nobody forgets to invalidate what was written.",
    "bees": "A hive in winter. The cluster shivers to keep warm and lives on honey.",
    "sql": "Slow joins. The planner took a nested loop, since the statistics were a year old.",
    "paint": "Pigments of the old masters. Lapis was dearer than gold and was kept for robes.",
    "tests": "Flaky suites. What depends on the clock or on the order of runs fails on Mondays.",
    "rail": "Night trains. The sleeper leaves at ten and crosses two borders before breakfast.",
    "gpu": "Training on several cards. Gradients are averaged after each step, and the slowest link sets the pace.",
    "tea": "Green leaves. Water below the boil keeps the bitterness away.",
    "privacy": "Noise on statistics. Nobody can tell whether one person was among those who were counted.",
    "café": "Ménage à l’italienne: 濃い espresso, “crema” & 9 bar — naïve coöperation of µ-grinders.",
}

for name, text in TEXTS.items():
    print(json.dumps({"id": name, "title": name, "text": text}))
