"""Where customers live: regions with inhabitants in millions and some of their cities, per country.

A city lies in its region, which sampled names of cities would not grant; inhabitants are rounded figures of
the statistical offices of 2023. A store sells at home and a little to its neighbours.
"""

from __future__ import annotations

LOCALES = {
    "AT": "de_AT", "BR": "pt_BR", "DE": "de_DE", "FR": "fr_FR", "GB": "en_GB", "IE": "en_IE", "NL": "nl_NL",
    "US": "en_US",
}  # fmt: skip

# share of a store's customers who live abroad, per country of the store
NEIGHBOURS: dict[str, dict[str, float]] = {
    "AT": {"DE": 0.18},
    "BR": {},
    "DE": {"AT": 0.06, "NL": 0.03},
    "FR": {"DE": 0.03},
    "GB": {"IE": 0.04},
    "IE": {"GB": 0.10},
    "NL": {"DE": 0.08},
    "US": {},
}

REGIONS: dict[str, dict[str, tuple[float, tuple[str, ...]]]] = {
    "AT": {
        "Burgenland": (0.3, ("Eisenstadt", "Oberwart")),
        "Kärnten": (0.6, ("Klagenfurt", "Villach")),
        "Niederösterreich": (1.7, ("St. Pölten", "Wiener Neustadt", "Klosterneuburg")),
        "Oberösterreich": (1.5, ("Linz", "Wels", "Steyr")),
        "Salzburg": (0.6, ("Salzburg", "Hallein")),
        "Steiermark": (1.3, ("Graz", "Leoben")),
        "Tirol": (0.8, ("Innsbruck", "Kufstein")),
        "Vorarlberg": (0.4, ("Bregenz", "Dornbirn")),
        "Wien": (2.0, ("Wien",)),
    },
    "BR": {
        "Bahia": (14.1, ("Salvador", "Feira de Santana")),
        "Ceará": (8.8, ("Fortaleza", "Caucaia")),
        "Distrito Federal": (2.8, ("Brasília",)),
        "Minas Gerais": (20.5, ("Belo Horizonte", "Uberlândia", "Contagem")),
        "Paraná": (11.4, ("Curitiba", "Londrina", "Maringá")),
        "Pernambuco": (9.1, ("Recife", "Jaboatão dos Guararapes")),
        "Rio de Janeiro": (16.1, ("Rio de Janeiro", "Niterói", "Petrópolis")),
        "Rio Grande do Sul": (10.9, ("Porto Alegre", "Caxias do Sul", "Pelotas")),
        "Santa Catarina": (7.6, ("Joinville", "Florianópolis", "Blumenau")),
        "São Paulo": (44.4, ("São Paulo", "Guarulhos", "Campinas", "Santos", "Ribeirão Preto")),
    },
    "DE": {
        "Baden-Württemberg": (11.3, ("Stuttgart", "Mannheim", "Karlsruhe", "Freiburg", "Ulm")),
        "Bayern": (13.4, ("München", "Nürnberg", "Augsburg", "Regensburg", "Würzburg")),
        "Berlin": (3.8, ("Berlin",)),
        "Brandenburg": (2.6, ("Potsdam", "Cottbus", "Frankfurt (Oder)")),
        "Bremen": (0.7, ("Bremen", "Bremerhaven")),
        "Hamburg": (1.9, ("Hamburg",)),
        "Hessen": (6.4, ("Frankfurt am Main", "Wiesbaden", "Kassel", "Darmstadt")),
        "Mecklenburg-Vorpommern": (1.6, ("Rostock", "Schwerin", "Stralsund")),
        "Niedersachsen": (8.1, ("Hannover", "Braunschweig", "Oldenburg", "Osnabrück", "Göttingen")),
        "Nordrhein-Westfalen": (18.1, ("Köln", "Düsseldorf", "Dortmund", "Essen", "Münster", "Bielefeld")),
        "Rheinland-Pfalz": (4.2, ("Mainz", "Ludwigshafen", "Koblenz", "Trier")),
        "Saarland": (1.0, ("Saarbrücken", "Neunkirchen")),
        "Sachsen": (4.1, ("Leipzig", "Dresden", "Chemnitz")),
        "Sachsen-Anhalt": (2.2, ("Halle (Saale)", "Magdeburg", "Dessau-Roßlau")),
        "Schleswig-Holstein": (3.0, ("Kiel", "Lübeck", "Flensburg")),
        "Thüringen": (2.1, ("Erfurt", "Jena", "Weimar")),
    },
    "FR": {
        "Auvergne-Rhône-Alpes": (8.2, ("Lyon", "Grenoble", "Saint-Étienne")),
        "Bretagne": (3.4, ("Rennes", "Brest", "Quimper")),
        "Grand Est": (5.6, ("Strasbourg", "Reims", "Metz")),
        "Hauts-de-France": (6.0, ("Lille", "Amiens")),
        "Île-de-France": (12.3, ("Paris", "Versailles", "Montreuil")),
        "Normandie": (3.3, ("Le Havre", "Rouen", "Caen")),
        "Nouvelle-Aquitaine": (6.1, ("Bordeaux", "Limoges", "Poitiers")),
        "Occitanie": (6.1, ("Toulouse", "Montpellier", "Nîmes")),
        "Pays de la Loire": (3.9, ("Nantes", "Angers", "Le Mans")),
        "Provence-Alpes-Côte d'Azur": (5.2, ("Marseille", "Nice", "Toulon")),
    },
    "GB": {
        "East Midlands": (4.9, ("Nottingham", "Leicester", "Derby")),
        "East of England": (6.4, ("Norwich", "Cambridge", "Ipswich")),
        "London": (8.9, ("London",)),
        "North East": (2.7, ("Newcastle upon Tyne", "Sunderland", "Durham")),
        "North West": (7.5, ("Manchester", "Liverpool", "Preston")),
        "Northern Ireland": (1.9, ("Belfast", "Derry")),
        "Scotland": (5.5, ("Glasgow", "Edinburgh", "Aberdeen", "Dundee")),
        "South East": (9.4, ("Brighton", "Southampton", "Oxford", "Reading")),
        "South West": (5.8, ("Bristol", "Plymouth", "Exeter")),
        "Wales": (3.1, ("Cardiff", "Swansea", "Newport")),
        "West Midlands": (6.0, ("Birmingham", "Coventry", "Wolverhampton")),
        "Yorkshire and the Humber": (5.5, ("Leeds", "Sheffield", "Hull", "York")),
    },
    "IE": {
        "Connacht": (0.6, ("Galway", "Sligo")),
        "Leinster": (2.9, ("Dublin", "Drogheda", "Kilkenny")),
        "Munster": (1.4, ("Cork", "Limerick", "Waterford")),
        "Ulster": (0.3, ("Letterkenny", "Cavan")),
    },
    "NL": {
        "Drenthe": (0.5, ("Assen", "Emmen")),
        "Flevoland": (0.4, ("Almere", "Lelystad")),
        "Friesland": (0.7, ("Leeuwarden", "Drachten")),
        "Gelderland": (2.1, ("Nijmegen", "Arnhem", "Apeldoorn")),
        "Groningen": (0.6, ("Groningen", "Veendam")),
        "Limburg": (1.1, ("Maastricht", "Venlo")),
        "Noord-Brabant": (2.6, ("Eindhoven", "Tilburg", "Breda")),
        "Noord-Holland": (2.9, ("Amsterdam", "Haarlem", "Alkmaar")),
        "Overijssel": (1.2, ("Zwolle", "Enschede")),
        "Utrecht": (1.4, ("Utrecht", "Amersfoort")),
        "Zeeland": (0.4, ("Middelburg", "Vlissingen")),
        "Zuid-Holland": (3.8, ("Rotterdam", "Den Haag", "Leiden")),
    },
    "US": {
        "California": (39.0, ("Los Angeles", "San Diego", "San Jose", "San Francisco")),
        "Florida": (22.6, ("Jacksonville", "Miami", "Tampa")),
        "Georgia": (11.0, ("Atlanta", "Augusta")),
        "Illinois": (12.5, ("Chicago", "Aurora", "Springfield")),
        "Massachusetts": (7.0, ("Boston", "Worcester")),
        "Michigan": (10.0, ("Detroit", "Grand Rapids")),
        "New Jersey": (9.3, ("Newark", "Jersey City")),
        "New York": (19.6, ("New York", "Buffalo", "Rochester")),
        "North Carolina": (10.8, ("Charlotte", "Raleigh")),
        "Ohio": (11.8, ("Columbus", "Cleveland", "Cincinnati")),
        "Pennsylvania": (13.0, ("Philadelphia", "Pittsburgh")),
        "Texas": (30.5, ("Houston", "San Antonio", "Dallas", "Austin")),
    },
}
