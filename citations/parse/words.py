"""Word classes that tell the parts of a printed reference apart, in the languages that reference lists use.

``word_class("proceedings") == "venue"``. Closed-class words (articles, prepositions, conjunctions) are a class each:
``the`` and ``und`` say more by themselves than any group could.
"""

from __future__ import annotations

_CLASSES = {
    "venue": """
        journal journals proceedings proc proceeding transactions trans conference conf symposium symp workshop congress
        annual meeting letters lett review reviews rev revue revista rivista zeitschrift zeitschr ztschr z annals annales
        annalen annali ann acta archives archiv arch archive bulletin bull advances adv magazine quarterly quart
        communications commun comm comptes rendus atti mitteilungen berichte ber abhandlungen sitzungsberichte jahrbuch
        jahrbücher forum newsletter news notes encyclopedia encyclopaedia enzyklopädie handbook handbuch dictionary
        lexikon lncs lecture lectures monographs monograph series ser cahiers actes colloque studien studies etudes
        monatsschrift wochenschrift blätter trudy doklady zhurnal zh vestnik izvestiya izv anales boletín anuario
        revue international internat int intl world european eur american amer am nat natl national acad akad sci chem
        phys math med biol psychol sociol econ physiol pharmacol biochem neurosci neurol surg clin immunol endocrinol
        cardiol pediatr psychiatry oncol radiol genet microbiol virol ecol geol geophys astron astrophys mech eng engrg
        mol res exp appl biomed soc assoc syst comput softw netw technol inform mathematica philos hist lit ling anthropol
        geogr environ agric vet dent nurs educ polit manag assn nature science cell lancet jama nejm pnas plos physica
        physics apj mnras aap aj prl prd jhep nucl nips neurips icml iclr cvpr iccv eccv aaai ijcai acl emnlp naacl
        coling eacl interspeech icassp kdd www chi sigir sigmod vldb icde infocom mobicom sosp osdi nsdi usenix ieee acm
        ifip asme spie siam ieice corr arxiv biorxiv medrxiv ssrn preprint preprints tagungsband mind times herald
    """,
    "publisher": """
        press university universities verlag springer wiley elsevier publishers publisher publishing publications
        publication books book routledge sage blackwell macmillan palgrave pergamon academic mcgraw-hill mcgraw hill
        prentice-hall prentice hall addison-wesley addison wesley o'reilly kluwer birkhäuser birkhauser dekker penguin
        harper harpercollins norton houghton mifflin random vintage doubleday knopf basic kegan faber longman heinemann
        methuen croom elgar gruyter niemeyer suhrkamp rowohlt fischer beck mohr siebeck vandenhoeck ruprecht steiner
        klett cotta metzler reclam campus westdeutscher vs transcript huber hogrefe beltz thieme urban gallimard seuil
        puf presses universitaires éditions editions hachette larousse armand colin minuit flammarion plon vrin mouton
        editorial ediciones editrice einaudi mondadori laterza olms reidel nijhoff brill benjamins erlbaum lawrence
        associates sons co inc ltd corp corporation company gmbh ag institute institution institut instituto dept
        department school college faculty laboratory laboratories labs lab center centre centro bureau office ministry
        foundation society council agency commission committee association organization organisation government
        clarendon oup cup mit crc igi global iop aip optica frontiers mdpi hindawi biomed karger lippincott williams
        wilkins saunders mosby churchill livingstone raven plenum marcel freeman worth holt rinehart winston dover
        chapman appleton lexington sharpe guilford ablex westview hpc aaai siam ams apa who unesco oecd rand hrsg
    """,
    "place": """
        york ny london paris berlin cambridge oxford chicago boston princeton amsterdam leipzig münchen munich wien vienna
        zürich zurich stuttgart frankfurt köln cologne hamburg heidelberg tübingen göttingen bonn bern basel genève
        geneva rome roma milano milan torino turin firenze florence napoli bologna madrid barcelona lisboa lisbon
        bruxelles brussels leiden hague rotterdam utrecht copenhagen københavn stockholm oslo helsinki uppsala moscow
        moskva warsaw warszawa prague praha budapest bucharest athens istanbul jerusalem cairo delhi mumbai calcutta
        beijing shanghai tokyo kyoto osaka seoul singapore sydney melbourne canberra toronto ottawa montreal montréal
        vancouver dordrecht hillsdale berkeley stanford angeles francisco philadelphia baltimore washington dc pittsburgh
        ithaca haven bloomington urbana austin houston seattle portland denver boulder atlanta miami detroit minneapolis
        usa uk u.s.a u.k ca ma pa il nj mi va md wa ga fl tx oh nc mn england scotland ireland wales germany deutschland
        france italy italia spain españa netherlands belgium switzerland austria österreich sweden norway denmark finland
        poland russia china japan korea india israel australia canada brazil mexico méxico portugal greece turkey hungary
        edinburgh glasgow dublin manchester birmingham bristol sheffield aldershot chichester thousand oaks beverly hills
        newbury englewood cliffs reading norwood hoboken burlington darmstadt wiesbaden opladen weinheim freiburg münster
        bielefeld dresden jena halle graz innsbruck salzburg louvain leuven lyon marseille strasbourg grenoble toulouse
        santiago lima bogotá buenos aires aarhus lund groningen enschede delft eindhoven nijmegen ghent antwerp
    """,
    "month": """
        january february march april may june july august september october november december jan feb mar apr jun jul aug
        sep sept oct nov dec januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet
        août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre
        noviembre diciembre spring summer fall autumn winter frühjahr
    """,
    "page": "p pp pg pgs page pages s. seite seiten pág págs pag ss стр с",
    "volume": "vol vols volume volumes v bd band bde tome jg jahrgang т том book part pt teil heft",
    "issue": "no nr num number n° nº issue iss heft núm suppl supplement n № art article",
    "editor": """
        ed eds editor editors edited edn hg hrsg hrsgg hgg herausgegeben herausgeber dir coord coords comp trans transl
        translated translator übers übersetzt traduit éd éds editado
    """,
    "edition": "edition edn aufl auflage édition edición edizione ausgabe reprint reprinted revised rev impression",
    "ordinal": """
        first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth 1st 2nd 3rd twentieth twenty
    """,
    "thesis": """
        thesis dissertation diss phd ph.d m.sc msc doctoral master's masters diplomarbeit habilitation thèse tesis
        doctorat unpublished manuscript
    """,
    "report": "technical tech report rep memo memorandum working paper papers discussion rfc white tr deliverable standard",
    "pending": "submitted appear forthcoming press accepted preparation retrieved accessed available online verfügbar",
    "web": "http https www url doi arxiv isbn issn pmid pmcid hal",
    "particle": "van von der den de la le du di da dos del della ter ten af zu zur el al ibn bin mac mc st",
    "etal": "et al. al others u.a u.a. ea",
    "collab": "collaboration consortium group team network investigators project initiative",
    "suffix": "jr sr jr. sr. ii iii iv",
    "in": "in in: dans en im",
}
_ALONE = """
    the of and for a an on to from with by at as is are how what why when which can do does or into through between under
    over via using based toward towards not its their und die der das des dem den eine ein einer für mit aus auf vom zum
    über als zwischen von et les des la le un une pour sur dans par aux au y el los las una para con sobre por e il lo gli
    i dei delle nel per
"""


def _table() -> dict[str, str]:
    table = {word: f"={word}" for word in _ALONE.split()}
    for name, words in _CLASSES.items():
        for word in words.split():
            table[word] = table[word] + name if word in table else name
    return table


_TABLE = _table()


def word_class(word: str) -> str:
    """The class of a lower-cased word without its punctuation; empty for an open-class word.

    >>> word_class("verlag"), word_class("und"), word_class("time")
    ('publisher', '=und', '')
    """
    return _TABLE.get(word, "")


def word_classes() -> frozenset[str]:
    """All classes that ``word_class`` can give."""
    return frozenset(_TABLE.values())
