{# A condition that every row keeps; null counts as kept. #}
{% test holds(model, condition) %}

select *
from {{ model }}
where not ({{ condition }})

{% endtest %}
